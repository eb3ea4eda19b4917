// The few things that all drawing by hand needs.

import { own } from "./guest.js";

const create = own("createElement");

/** An element with its attributes (those that are `false`, `null` or `undefined` are left out) and children. */
export const make = (tag, attributes, ...children) => {
  const element = create(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
};

/** Puts values into a form's controls; a value may be one text or a list of choices. */
export const fill = (form, values) => {
  for (const control of form.elements) {
    const value = Object.hasOwn(values, control.name) ? values[control.name] : null;
    if (value == null || control.type === "file") continue;
    if (/radio|checkbox/.test(control.type)) control.checked = [].concat(value).includes(control.value);
    else control.value = value;
  }
};

/** Runs what may fail, because a browser or a page refuses it: then the answer is `otherwise`. */
export const maybe = (act, otherwise) => {
  try {
    return act();
  } catch {
    return otherwise;
  }
};

/** `23 November`, as the form's language writes it. */
export const onDay = ({ lang }, at) => new Date(at).toLocaleDateString(lang, { day: "numeric", month: "long" });
