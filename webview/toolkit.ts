/**
 * The only module that imports @vscode/webview-ui-toolkit, which is archived. Another set of controls (such as @vscode-elements/elements) can
 * replace it here.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
  type Checkbox,
  type Dropdown,
  type TextField,
} from "@vscode/webview-ui-toolkit";
import { h, replace, setAttributes } from "./dom.js";

export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(
    vsCodeBadge(),
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeTextField(),
  );
}

/** For a page that has buttons only. */
export function registerButtons(): void {
  provideVSCodeDesignSystem().register(vsCodeButton());
}

/** For a page that has buttons and dropdowns. */
export function registerButtonsAndDropdowns(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption());
}

/** TypeScript's table of tags does not contain the toolkit's elements. */
interface Elements {
  "vscode-badge": HTMLElement;
  "vscode-button": HTMLElement;
  "vscode-checkbox": Checkbox;
  "vscode-dropdown": Dropdown;
  "vscode-option": HTMLElement;
  "vscode-text-field": TextField;
}

function make<K extends keyof Elements>(tag: K): Elements[K] {
  return document.createElement(tag) as Elements[K];
}

export interface ButtonOptions {
  readonly appearance?: "primary" | "secondary" | "icon";
  readonly icon?: Element;
  readonly title?: string;
  readonly onClick: () => void;
}

/** @param label its text, or the text for screen readers if it is only an icon (`appearance: "icon"`) */
export function button(label: string, { appearance = "secondary", icon, title, onClick }: ButtonOptions): HTMLElement {
  const element = make("vscode-button");
  setAttributes(element, { appearance, title });
  if (appearance === "icon") setAttributes(element, { "aria-label": label, title: title ?? label });
  if (icon !== undefined) {
    if (appearance !== "icon") setAttributes(icon, { slot: "start" });
    element.append(icon);
  }
  if (appearance !== "icon") element.append(label);
  element.addEventListener("click", onClick);
  return element;
}

/** Disables a button with a reason, or enables it. */
export function setDisabled(element: HTMLElement, disabled: boolean, title?: string): void {
  setAttributes(element, { disabled, title });
}

export function badge(text: string): HTMLElement {
  const element = make("vscode-badge");
  replace(element, text);
  return element;
}

export interface Field {
  readonly element: HTMLElement;
  value: string;
}

export function textField(label: string, placeholder: string, icon: Element, onInput: (text: string) => void): Field {
  const element = make("vscode-text-field");
  setAttributes(element, { "aria-label": label, placeholder });
  setAttributes(icon, { slot: "start" });
  element.append(icon);
  element.addEventListener("input", () => {
    onInput(element.value);
  });
  return {
    element,
    get value() {
      return element.value;
    },
    set value(text) {
      element.value = text;
    },
  };
}

export interface ToggleChoice {
  readonly value: string;
  readonly label: string;
}

export interface Choices {
  readonly element: HTMLElement;
  /** Replaces the choices. */
  offer(choices: readonly ToggleChoice[], chosen: string): void;
}

export function dropdown(label: string, onChoose: (value: string) => void): Choices {
  const element = make("vscode-dropdown");
  setAttributes(element, { "aria-label": label });
  // Change events also fire for values set by code.
  let chosen = "";
  element.addEventListener("change", () => {
    if (element.value === chosen) return;
    chosen = element.value;
    onChoose(chosen);
  });
  return {
    element,
    offer(choices, value) {
      chosen = value;
      const options = choices.map((choice) => {
        const option = make("vscode-option");
        setAttributes(option, { value: choice.value, selected: choice.value === value });
        replace(option, choice.label);
        return option;
      });
      element.replaceChildren(...options);
      element.value = value;
    },
  };
}

export interface Tick {
  readonly element: HTMLElement;
  checked: boolean;
}

export function checkbox(label: string, onChange: (checked: boolean) => void): Tick {
  const element = make("vscode-checkbox");
  element.append(h("span", {}, label));
  let known = false;
  element.addEventListener("change", () => {
    if (element.checked === known) return;
    known = element.checked;
    onChange(known);
  });
  return {
    element,
    get checked() {
      return known;
    },
    set checked(value) {
      known = value;
      element.checked = value;
    },
  };
}
