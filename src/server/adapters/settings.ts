/** The user's settings from the client; a value that is missing or of the wrong type becomes the default. */
import * as z from "zod/mini";
import { DEFAULT_SETTINGS, type Settings } from "../../protocol/settings.js";

const { toolchain, libLLVM, threads, store, profile, followBuilds, callLenses, callHierarchy, filters } = DEFAULT_SETTINGS;

const text = (otherwise: string): z.ZodMiniCatch<z.ZodMiniString> => z.catch(z.string().check(z.trim(), z.regex(/^[^\0]*$/)), otherwise);

const number = (otherwise: number): z.ZodMiniCatch<z.ZodMiniNumber> => z.catch(z.number().check(z.nonnegative()), otherwise);

const place = z.object({ path: text(store.path), quota: number(store.quota) });

const given = z.object({
  toolchain: text(toolchain),
  libLLVM: text(libLLVM),
  threads: number(threads),
  store: z.catch(place, store),
  profile: text(profile),
});

export function settingsFrom(value: unknown): Settings {
  const found = given.safeParse(value).data ?? DEFAULT_SETTINGS;
  return {
    toolchain: found.toolchain,
    libLLVM: found.libLLVM || libLLVM,
    threads: Math.trunc(found.threads),
    store: found.store,
    profile: found.profile || profile,
    // Only the client uses these: what it follows, and the filters, which it puts into URIs.
    followBuilds,
    callLenses,
    callHierarchy,
    filters,
  };
}
