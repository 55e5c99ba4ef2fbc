/**
 * Where a program writes new files: into the store, or if that cannot be written to (a read-only mount, another user's, a full disk), into its own
 * folder that lasts as long as the program. The store's contents are used in both cases.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { access, constants, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileWhole } from "../base/atomic-file.js";
import { messageOf, systemCode } from "../base/errors.js";
import { newScratchFolder, type ScratchFolder } from "../base/scratch.js";
import { blobFile, storeLayout, type StoreLayout } from "./store-layout.js";
import { makeStoreRoot } from "../base/private-folder.js";

/** A full disk may still have room for an empty file. */
const PROBE = Buffer.alloc(4096);

interface Scratch {
  readonly folder: ScratchFolder;
  readonly layout: StoreLayout;
  readonly because: string;
}

export class WorkPlace {
  readonly #store: StoreLayout;
  #asked: Promise<Scratch | undefined> | undefined;
  #scratch: Scratch | undefined;
  #told = false;

  constructor(store: StoreLayout) {
    this.#store = store;
  }

  /** Where to write. Determined once, so that all new files of a program are in one place. */
  async layout(): Promise<StoreLayout> {
    return (await this.#look())?.layout ?? this.#store;
  }

  /** Whether new files go into the store. */
  async keeps(): Promise<boolean> {
    return (await this.#look()) === undefined;
  }

  /** The layouts to search, starting with the one that is written to. */
  get known(): readonly StoreLayout[] {
    return this.#scratch === undefined ? [this.#store] : [this.#scratch.layout, this.#store];
  }

  /** The file of a blob. */
  blobFile(blob: string): string {
    const made = this.#scratch === undefined ? undefined : blobFile(this.#scratch.layout, blob);
    return made !== undefined && existsSync(made) ? made : blobFile(this.#store, blob);
  }

  /** The warning about a store that cannot be written to, if any; only once. */
  takeWarning(): string[] {
    if (this.#scratch === undefined || this.#told) return [];
    this.#told = true;
    return [
      `The store ${this.#store.root} cannot be written to (${this.#scratch.because}): its content is used, but new stages are not kept.`,
    ];
  }

  /** Removes the program's own folder. */
  async close(): Promise<void> {
    await (await this.#asked)?.folder.remove();
  }

  #look(): Promise<Scratch | undefined> {
    this.#asked ??= this.#choose();
    return this.#asked;
  }

  async #choose(): Promise<Scratch | undefined> {
    const because = await whyNotWritable(this.#store);
    if (because === undefined) return undefined;
    const folder = await newScratchFolder("unsaved-stages");
    this.#scratch = { folder, layout: storeLayout(folder.folder), because };
    return this.#scratch;
  }
}

async function whyNotWritable(layout: StoreLayout): Promise<string | undefined> {
  try {
    await makeStoreRoot(layout.root);
    for (const folder of [layout.blobs, layout.stages, layout.runs]) {
      await access(folder, constants.W_OK | constants.X_OK).catch((error: unknown) => {
        if (systemCode(error) !== "ENOENT") throw error;
      });
    }
    const probe = join(layout.root, `.writable.${randomBytes(6).toString("hex")}`);
    await writeFileWhole(probe, PROBE, "later");
    await rm(probe, { force: true });
    return undefined;
  } catch (error) {
    // Drops the path, which is that of the probe.
    return messageOf(error).replace(/,.*$/s, "");
  }
}
