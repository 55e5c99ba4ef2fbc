/** The stage documents that were served, to refresh those that a new capture changes. */
import { Lru } from "../../core/base/lru.js";

/** The most documents to remember for a refresh. */
const REMEMBERED = 500;

/** Documents of "the latest capture", whose text changes with a new capture. */
export class ServedDocuments {
  readonly #refresh: (uri: string) => Promise<void>;
  /** URI → the latest capture at the time of serving. */
  readonly #latest = new Lru<string, { readonly unit: string; readonly capture: string | undefined }>(REMEMBERED);

  constructor(refresh: (uri: string) => Promise<void>) {
    this.#refresh = refresh;
  }

  async served(uri: string, unit: string, latestOf: (id: string) => Promise<string | undefined>): Promise<void> {
    if (/^[\w.-]+$/.test(unit)) this.#latest.set(uri, { unit, capture: await latestOf(unit) });
  }

  /** Makes the client request the documents again whose capture is no longer the latest. */
  latestMayDiffer(latestOf: (id: string) => Promise<string | undefined>): void {
    for (const uri of [...this.#latest.keys()]) void this.#refreshIfOld(uri, latestOf).catch(() => undefined);
  }

  async #refreshIfOld(uri: string, latestOf: (id: string) => Promise<string | undefined>): Promise<void> {
    const served = this.#latest.get(uri);
    if (served === undefined || (await latestOf(served.unit)) === served.capture) return;
    this.#latest.delete(uri);
    await this.#refresh(uri);
  }
}
