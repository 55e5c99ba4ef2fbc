/** The schema of an object whose properties are names from outside. zod's own `record` omits `__proto__`, which can be the name of a module. */
import * as z from "zod/mini";
import { dictionary } from "./dictionary.js";

/** @param value of each property; its checks are synchronous */
export function byName<Value extends z.ZodMiniType>(value: Value): z.ZodMiniType<Record<string, z.output<Value>>> {
  return z.transform((given: unknown, context) => {
    const parsed = dictionary<z.output<Value>>();
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      context.issues.push({ code: "invalid_type", expected: "record", input: given });
      return parsed;
    }
    for (const [name, one] of Object.entries<unknown>({ ...given })) {
      const result = z.safeParse(value, one);
      if (result.success) parsed[name] = result.data;
      else context.issues.push(...z.core.util.prefixIssues(name, rawIssues(value, one)));
    }
    return parsed;
  });
}

/** The issues of a result cannot be passed on, because they lack what a parent needs. */
function rawIssues(value: z.ZodMiniType, given: unknown): z.core.$ZodRawIssue[] {
  const result = value._zod.run({ value: given, issues: [] }, { async: false });
  if (result instanceof Promise) throw new z.core.$ZodAsyncError();
  return result.issues;
}
