/** A minimal debugger for tests: Node's inspector protocol over its WebSocket, with positions mapped to sources by a bundle's source map. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire, SourceMap, type SourceMapPayload } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { until } from "./patience.js";
import { repository } from "./repository.js";

interface Socket {
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  send(text: string): void;
  close(): void;
}

/** Node 20 has no WebSocket, and jsdom's types would add the whole DOM to this project. */
const { JSDOM } = createRequire(__filename)("jsdom") as {
  JSDOM: new () => { readonly window: { readonly WebSocket: new (url: string) => Socket } };
};

/** A place in a source: a path relative to the repository, and a line from 1. */
export interface Place {
  readonly source: string;
  readonly line: number;
}

interface Paused {
  readonly callFrames: readonly { readonly location: { readonly lineNumber: number; readonly columnNumber: number } }[];
}

/** A bundle with its map. */
export class Bundle {
  readonly #file: string;
  readonly #map: SourceMap;
  readonly #lines: readonly string[];

  /** @param file relative to the repository */
  constructor(file: string) {
    this.#file = path.join(repository, file);
    const text = readFileSync(this.#file, "utf8");
    this.#lines = text.split("\n");
    const name = /^\/\/# sourceMappingURL=(.+)$/m.exec(text)?.[1];
    assert.ok(name !== undefined, `${file} names no source map`);
    this.#map = new SourceMap(JSON.parse(readFileSync(path.join(path.dirname(this.#file), name), "utf8")) as SourceMapPayload);
  }

  get url(): string {
    return pathToFileURL(this.#file).href;
  }

  /** The source position of a line and a column of the bundle, both from 0. */
  sourceOf(line: number, column: number): Place | undefined {
    const entry = this.#map.findEntry(line, column);
    if (!("originalSource" in entry)) return undefined;
    const file = path.resolve(path.dirname(this.#file), entry.originalSource);
    return { source: path.relative(repository, file), line: entry.originalLine + 1 };
  }

  /** The line of the bundle, from 0, in which a source line begins. */
  lineOf({ source, line }: Place): number {
    const found = this.#lines.findIndex((text, index) => {
      const place = this.sourceOf(index, text.search(/\S|$/));
      return place?.source === source && place.line === line;
    });
    assert.ok(found >= 0, `no line of ${this.#file} comes from ${source}:${line}`);
    return found;
  }
}

export class TestDebugger {
  readonly #socket: Socket;
  readonly #bundle: Bundle;
  readonly #answers = new Map<number, (result: unknown) => void>();
  #paused: Paused | undefined;
  #last = 0;

  private constructor(socket: Socket, bundle: Bundle) {
    this.#socket = socket;
    this.#bundle = bundle;
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as { id?: number; method?: string; params?: unknown; result?: unknown };
      if (message.id !== undefined) this.#answers.get(message.id)?.(message.result);
      if (message.method === "Debugger.paused") this.#paused = message.params as Paused;
      if (message.method === "Debugger.resumed") this.#paused = undefined;
    };
  }

  /** @param url what Node prints: "Debugger listening on ws://…" */
  static async attach(url: string, bundle: Bundle): Promise<TestDebugger> {
    const socket = new new JSDOM().window.WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => {
        reject(new Error(`no debugger at ${url}`));
      };
    });
    const attached = new TestDebugger(socket, bundle);
    await attached.#ask("Debugger.enable");
    return attached;
  }

  /** Continues a program that waits for its debugger. */
  async go(): Promise<void> {
    await this.#ask("Runtime.runIfWaitingForDebugger");
  }

  async breakAt(place: Place): Promise<void> {
    await this.#ask("Debugger.setBreakpointByUrl", { url: this.#bundle.url, lineNumber: this.#bundle.lineOf(place) });
  }

  /** Waits for the program to stop. @returns the position in the sources */
  async stopped(): Promise<Place | undefined> {
    await until("the program to stop at a breakpoint", () => this.#paused !== undefined);
    const location = this.#paused?.callFrames[0]?.location;
    return location === undefined ? undefined : this.#bundle.sourceOf(location.lineNumber, location.columnNumber);
  }

  async resume(): Promise<void> {
    await this.#ask("Debugger.resume");
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
