/** Serves stage documents over `workspace/textDocumentContent`, and refreshes those that changed. */
import { LtoError } from "../../core/base/errors.js";
import { Lru } from "../../core/base/lru.js";
import { stageDocument } from "../../core/views/stage-document.js";
import { parseStageUri } from "../../protocol/uris.js";
import type { Call } from "./calls.js";
import type { ServerState } from "./state.js";

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

/** The text of a document. @throws LtoError Usage for any other URI, and what `stageDocument` throws */
export async function documentText(state: ServerState, { uri }: { readonly uri: string }, { signal }: Call): Promise<{ text: string }> {
  const address = parseStageUri(uri);
  if (address === undefined) {
    throw new LtoError({
      name: "Usage",
      message: `${uri} is not the address of a stage.`,
      file: uri,
      help: "Open stages from the tree of codegen units, or with “LTO: Open Stage”.",
    });
  }
  const { workbench } = state;
  const text = await workbench.use(() => workbench.subjects.use(address.subject, (open) => stageDocument(open, address, signal)));
  if ("unit" in address.subject) await state.documents.served(uri, address.subject.unit, (id) => workbench.catalog.latestCapture(id));
  return { text };
}
