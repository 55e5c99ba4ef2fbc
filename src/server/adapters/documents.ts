/** Serves stage documents over `workspace/textDocumentContent`. */
import { LtoError } from "../../core/base/errors.js";
import { stageDocument } from "../../core/views/stage-document.js";
import { besideOf, parseStageUri, subjectOf } from "../../protocol/uris.js";
import type { Call } from "./calls.js";
import type { ServerState } from "./state.js";

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
  const { subjects } = workbench;
  const opposite = besideOf(address) ?? address;
  const text = await workbench.use(() =>
    subjects.use(subjectOf(address), (open) =>
      subjects.use(subjectOf(opposite), (other) =>
        subjects.use(address.subject, (reader) => stageDocument({ address, open, reader, other }, signal)),
      ),
    ),
  );
  if ("unit" in address.subject) await state.documents.served(uri, address.subject.unit, (id) => workbench.catalog.latestCapture(id));
  return { text };
}
