/** Elements from plain data. Names and messages come from untrusted files: text is inserted as text, and markup cannot be passed. */
import { visibleLines } from "../src/protocol/visible.js";

export type Child = Node | string | null;
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element. An attribute that is null, undefined or false is left out; true makes it an empty one. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

/** Text for display: invisible characters, and those that would reverse the following text, are escaped. */
function shown(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== null).map((child) => (typeof child === "string" ? visibleLines(child) : child));
}

/** Makes an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  setAttributes(element, attributes);
  element.append(...shown(children));
  return element;
}

/** "`f` changed": text between backticks is code. */
export function withCode(text: string): Child[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? h("code", {}, part) : part));
}

/** A link in a text or table that runs an action. */
export function link(label: string, title: string | null, act: () => void): HTMLElement {
  const button = h("button", { type: "button", class: "link", title }, label);
  button.addEventListener("click", act);
  return button;
}

/** Attributes whose value is shown or read aloud. */
const READ = /^(title|aria-.*)$/;

/** Sets or removes attributes. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : READ.test(name) ? visibleLines(String(value)) : String(value));
  }
}

/** Sets an element's text only if it changed: rows are refilled at every scroll. */
export function setText(element: Element, text: string): void {
  const seen = visibleLines(text);
  if (element.textContent !== seen) element.textContent = seen;
}

/** Replaces all children. */
export function replace(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...shown(children));
}

/** Shows or hides an element. */
export function show(element: HTMLElement, visible: boolean): void {
  element.hidden = !visible;
}

/** Makes an element a Tab stop only while it can be scrolled. */
export function scrollable(element: HTMLElement, label: string): HTMLElement {
  new ResizeObserver(() => {
    const scrolls = element.scrollWidth > element.clientWidth;
    setAttributes(element, { tabindex: scrolls ? 0 : null, role: scrolls ? "group" : null, "aria-label": scrolls ? label : null });
  }).observe(element);
  return element;
}

let ids = 0;

/** An id that no other element has. */
export function newId(prefix: string): string {
  ids += 1;
  return `${prefix}-${ids}`;
}

/** Delays calls: the work runs once, some time after the last call. */
export function debounced(millis: number, work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, millis);
  };
}

/** Limits calls: the work runs at most once per frame. */
export function oncePerFrame(work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}
