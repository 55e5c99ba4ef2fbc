/**
 * Refs of captures: "demo-cli-bin-01234567" is the latest capture of a unit, "demo-cli-bin-01234567@3" is a particular one. All sides share these
 * two functions.
 */

export interface CaptureRef {
  readonly id: string;
  /** null: the latest. */
  readonly capture: number | null;
}

/** The end of the id of a unit that `advise` built with other settings; ids of other units end with hexadecimal digits. */
export const VARIANT = "-variant";

/** Whether `advise` built a unit with other settings than the user's. */
export function isVariant(id: string): boolean {
  return id.endsWith(VARIANT);
}

/** "ID@N": this particular capture. */
export function formatCaptureRef({ id, capture }: { readonly id: string; readonly capture: number }): string {
  return `${id}@${capture}`;
}

/** @returns undefined for text that cannot be a ref (a path, for instance) */
export function parseCaptureRef(text: string): CaptureRef | undefined {
  const [, id, capture] = /^([A-Za-z0-9_.-]+?)(?:@(\d+))?$/.exec(text) ?? [];
  if (id === undefined || id === "." || id === "..") return undefined;
  return { id, capture: capture === undefined ? null : Number(capture) };
}
