/** Whose crate a module is from. */
import type { CratePlace } from "./units.js";

/** In the order of lists. */
export const CRATE_PLACES: readonly CratePlace[] = ["workspace", "dependency", "std"];
