/** Measures how long the user waits for the table of decisions after a click on a header or text in its filter. For the bench. */

const PATIENCE_MILLIS = 600_000;
const GRID = ".decisions .grid";

/** Clicks the header of a column (from 0). @returns ms until the frame with the new order is painted */
export function sortTakes(column: number): Promise<number> {
  const header = find(`${GRID} [role="columnheader"]:nth-child(${column + 1})`);
  const before = header.getAttribute("aria-sort");
  return taking(
    () => find("button", header).click(),
    () => header.getAttribute("aria-sort") !== before,
  );
}

/** Types into the filter, including its 150 ms of waiting for more. @returns ms until the frame with the results is painted */
export function filterTakes(text: string): Promise<number> {
  const found = find(".decisions .found");
  const before = found.textContent;
  const field = find(".decisions vscode-text-field") as HTMLElement & { value: string };
  return taking(
    () => {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    () => found.textContent !== before,
  );
}

function find(selector: string, within: ParentNode = document): HTMLElement {
  const element = within.querySelector<HTMLElement>(selector);
  if (element === null) throw new Error(`The page has no ${selector}.`);
  return element;
}

function taking(act: () => void, changed: () => boolean): Promise<number> {
  const started = performance.now();
  act();
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const row = document.querySelector(`${GRID} .grid-row[data-index="0"]`);
      const there = changed() && [find(GRID), row].every((element) => element?.hasAttribute("aria-busy") === false);
      if (performance.now() - started > PATIENCE_MILLIS) reject(new Error("The table of decisions shows nothing new."));
      else if (!there) requestAnimationFrame(look);
      // This frame is painted before the next task.
      else setTimeout(() => resolve(performance.now() - started));
    };
    look();
  });
}
