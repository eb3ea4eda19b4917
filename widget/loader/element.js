// Forms in the page's own place.

export default () => {};
