/** A reader that lets through only what vscode-jsonrpc survives: a `$/cancelRequest` without an id would end the process (vscode-jsonrpc 9.0, `createRequestQueueKey`). */
import type { DataCallback, Disposable, Message, MessageReader } from "vscode-languageserver/node";
import * as z from "zod/mini";

const cancel = z.object({ method: z.literal("$/cancelRequest") });
const wellFormedCancel = z.object({ params: z.object({ id: z.union([z.string(), z.number()]) }) });

export function wellFormed(reader: MessageReader): MessageReader {
  return {
    onError: reader.onError,
    onClose: reader.onClose,
    onPartialMessage: reader.onPartialMessage,
    listen: (callback: DataCallback): Disposable =>
      reader.listen((message) => {
        if (isWellFormed(message)) callback(message);
      }),
    dispose: () => {
      reader.dispose();
    },
  };
}

function isWellFormed(message: Message): boolean {
  return !cancel.safeParse(message).success || wellFormedCancel.safeParse(message).success;
}
