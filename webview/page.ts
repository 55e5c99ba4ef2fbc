/** The page as a whole: a run, or why there is none. */
import * as l10n from "../src/protocol/l10n.js";
import type { WithoutRun } from "../src/protocol/dashboard.js";
import { hasRows, type RunView } from "../src/protocol/views.js";
import { Causes } from "./causes/section.js";
import { emptyPage } from "./empty.js";
import { Decisions } from "./decisions/section.js";
import { debounced, h, replace, show } from "./dom.js";
import { Head } from "./head.js";
import { Host, type VsCodeApi } from "./host.js";
import { SizesSection } from "./sizes/section.js";
import { StagesSection } from "./stages/section.js";
import { Store } from "./state.js";
import { TimelineSection } from "./timeline/section.js";

/** Notifications come in bursts during a run; this interval combines them. */
const CHANGED_MILLIS = 200;
/** How long a page that is shown again tries to scroll to its former position. */
const RETURN_MILLIS = 3000;
/** After this time the page says that it is still loading. */
const PATIENCE_MILLIS = 400;

export class DashboardPage {
  readonly #root: HTMLElement;
  readonly #host: Host;
  readonly #store: Store;
  readonly #head: Head;
  readonly #causes: Causes;
  readonly #decisions: Decisions;
  readonly #sizes: SizesSection;
  readonly #timeline: TimelineSection;
  readonly #stages: StagesSection;
  readonly #sections: HTMLElement;
  #shown = false;
  /** Whether the shown run has its report. */
  #reported = false;
  /** The position to scroll to once the page is long enough. */
  #returning: number | undefined;
  /** What the page last showed. The extension repeats it at every change of the tree's filter; a redraw would take the focus from a button. */
  #told: string | undefined;

  constructor(root: HTMLElement, api: VsCodeApi) {
    this.#root = root;
    this.#store = new Store(api);
    const refresh = debounced(CHANGED_MILLIS, () => this.#refresh());
    this.#host = new Host(api, { show: (run) => this.#show(run), empty: (because) => this.#leave(because), changed: refresh });
    this.#head = new Head(this.#host);
    this.#causes = new Causes(this.#host, (byEdit) => this.#head.edited(byEdit));
    this.#stages = new StagesSection(this.#host, this.#store);
    this.#decisions = new Decisions(this.#host, this.#store, () => this.#stages.filterChanged());
    this.#sizes = new SizesSection(this.#host, this.#store);
    this.#timeline = new TimelineSection(this.#host, this.#store);
    this.#sections = h(
      "div",
      { class: "sections" },
      this.#causes.element,
      this.#decisions.element,
      this.#sizes.element,
      this.#timeline.element,
      this.#stages.element,
    );
    window.addEventListener("scroll", () => {
      if (!this.#shown || this.#returning !== undefined) return;
      this.#store.state.pageTop = window.scrollY;
      this.#store.saveSoon();
    });
    const stay = (): void => {
      this.#returning = undefined;
    };
    for (const gesture of ["wheel", "pointerdown", "keydown"]) window.addEventListener(gesture, stay, { passive: true });
    new ResizeObserver(() => {
      this.#return();
    }).observe(root);
  }

  start(): void {
    setTimeout(() => {
      if (this.#root.childElementCount === 0) {
        replace(this.#root, h("p", { class: "waiting dim", role: "status" }, l10n.t("Looking for runs…")));
      }
    }, PATIENCE_MILLIS);
    this.#host.ready();
  }

  /** Shows the page without a run. */
  #leave(because: WithoutRun): void {
    if (because === this.#told) return;
    this.#told = because;
    this.#shown = false;
    replace(this.#root, emptyPage(because, this.#host));
  }

  #show(run: RunView): void {
    const told = JSON.stringify(run);
    if (told === this.#told) return;
    this.#told = told;
    this.#store.enter(run.id, run.unit.id);
    this.#head.show(run);
    if (this.#head.element.parentElement !== this.#root) replace(this.#root, this.#head.element, this.#sections);
    show(this.#sections, hasRows(run));
    if (!hasRows(run)) return;
    const first = !this.#shown;
    this.#causes.show(run);
    this.#decisions.show(run);
    this.#sizes.show(run);
    // Times and totals are the replay's.
    show(this.#timeline.element, run.hasReport);
    show(this.#stages.element, run.hasReport);
    if (run.hasReport) this.#timeline.show(run);
    if (run.hasReport) this.#stages.show(run);
    this.#reported = run.hasReport;
    if (first) {
      this.#returning = this.#store.state.pageTop;
      setTimeout(() => {
        this.#returning = undefined;
      }, RETURN_MILLIS);
    }
    this.#shown = true;
    this.#return();
  }

  /** Restores the scroll position from before the page was hidden, once the page is long enough and unless the user has scrolled. */
  #return(): void {
    const top = this.#returning;
    if (top === undefined || document.documentElement.scrollHeight - window.innerHeight < top) return;
    this.#returning = undefined;
    window.scrollTo({ top, behavior: "instant" });
  }

  #refresh(): void {
    if (!this.#shown) return;
    this.#causes.refresh();
    this.#decisions.refresh();
    this.#sizes.refresh();
    if (!this.#reported) return;
    this.#timeline.refresh();
    this.#stages.refresh();
  }
}
