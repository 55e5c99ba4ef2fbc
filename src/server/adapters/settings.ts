/** The person's settings as they come from the client: what is missing, or of the wrong type, is the default. */
import { DEFAULT_SETTINGS, type Settings } from "../../protocol/settings.js";

export function settingsFrom(value: unknown): Settings {
  const given = asObject(value);
  const store = asObject(given["store"]);
  const defaults = DEFAULT_SETTINGS;
  return {
    toolchain: text(given["toolchain"], defaults.toolchain),
    libLLVM: text(given["libLLVM"], defaults.libLLVM) || defaults.libLLVM,
    threads: Math.trunc(number(given["threads"], defaults.threads)),
    store: { path: text(store["path"], defaults.store.path), quota: number(store["quota"], defaults.store.quota) },
    profile: text(given["profile"], defaults.profile) || defaults.profile,
    // The client's own: what it follows, and the filters, which it puts into the URIs.
    followBuilds: defaults.followBuilds,
    filters: defaults.filters,
  };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value.trim() : otherwise;
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : otherwise;
}
