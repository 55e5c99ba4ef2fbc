/** LTO: Explain Decision. */
import type { Services } from "../services.js";
import type { CguNode } from "../trees/cgu-nodes.js";
import { place } from "./stages.js";

export async function explainDecision(services: Services, node?: CguNode): Promise<void> {
  const { subject, module } = await place(services, node);
  await services.explanations.open(subject, module);
}
