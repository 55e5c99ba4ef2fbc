/** Units of rustc's, as what a replay takes. */
import type { UnitManifest } from "../../../protocol/units.js";
import type { UnitProducer, UnitSource } from "../../replay/producer.js";
import { inputsOfUnit, refuseIncomplete } from "./unit-inputs.js";
import { requireToolchain, vouchFor } from "./vouched-unit.js";

const RUST: UnitProducer = { refuseIncomplete, vouchFor, requireToolchain, inputsOf: inputsOfUnit };

/** @param unit a capture's manifest or a session, its paths absolute */
export function rustUnit(unit: UnitManifest): UnitSource {
  return { kind: "unit", unit, producer: RUST };
}
