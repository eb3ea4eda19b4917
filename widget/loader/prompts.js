// Messages that may open a form.

export default () => {};
