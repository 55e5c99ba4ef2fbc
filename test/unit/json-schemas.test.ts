/** Holds schemas/, which describe what `--json` writes, against the formats that the same reports are read by: one shape, said twice for two readers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { toJSONSchema } from "zod";
import { runReport } from "../../src/core/store/run-report.js";
import { errorReport } from "../../src/core/base/values.js";
import { repository } from "../support/repository.js";

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A part with its reference followed. */
function part(value: unknown, root: Schema): Schema {
  assert.ok(isSchema(value));
  const reference = value["$ref"];
  if (typeof reference !== "string") return value;
  const keys = reference.replace("#/", "").split("/");
  return part(
    keys.reduce<unknown>((at, key) => (isSchema(at) ? at[key] : undefined), root),
    root,
  );
}

function words({ enum: many, const: one }: Schema): readonly string[] | undefined {
  if (one !== undefined) return [JSON.stringify(one)];
  return Array.isArray(many) ? many.map((word) => JSON.stringify(word)) : undefined;
}

/** The types that a part may have. */
function types(value: unknown, root: Schema): readonly string[] {
  const found = part(value, root);
  const { anyOf, type } = found;
  if (Array.isArray(anyOf)) return anyOf.flatMap((one: unknown) => types(one, root)).sort();
  const [word] = words(found) ?? [];
  if (type === undefined && word !== undefined) return [word.startsWith('"') ? "string" : "number"];
  return (Array.isArray(type) ? type : [type]).map((one) => plain(JSON.stringify(one))).sort();
}

/** "integer" and "number" are one. */
function plain(type: string): string {
  return type === '"integer"' ? "number" : type.replaceAll('"', "");
}

/** The alternative that is not null, where there is one. */
function present(value: unknown, root: Schema): Schema {
  const found = part(value, root);
  const { anyOf } = found;
  return Array.isArray(anyOf)
    ? present(
        anyOf.find((one: unknown) => !types(one, root).includes("null")),
        root,
      )
    : found;
}

/** Where what is published is not the format: a property or a word that it does not have, others required, other types. A command may say less (an error of a module has no output). */
function differences(said: unknown, root: Schema, own: unknown, ownRoot: Schema, at = ""): string[] {
  const found = types(said, root).join("|") === types(own, ownRoot).join("|") ? [] : [`${at}: ${types(said, root).join("|")}`];
  const [left, right] = [present(said, root), present(own, ownRoot)];
  const allowed = words(right);
  if (allowed !== undefined) found.push(...(words(left) ?? []).filter((word) => !allowed.includes(word)).map((word) => `${at}: "${word}"`));
  if (right["items"] !== undefined) found.push(...differences(left["items"], root, right["items"], ownRoot, `${at}[]`));
  if (!isSchema(right["properties"])) return found;
  const [ours, theirs] = [isSchema(left["properties"]) ? left["properties"] : {}, right["properties"]];
  found.push(...Object.keys(ours).flatMap((name) => (name in theirs ? [] : [`${at}.${name}: not in the format`])));
  assert.deepEqual(required(left), required(right), `required properties of ${at}`);
  return [
    ...found,
    ...Object.keys(ours).flatMap((name) => (name in theirs ? differences(ours[name], root, theirs[name], ownRoot, `${at}.${name}`) : [])),
  ];
}

function required({ required: names }: Schema): readonly string[] {
  return Array.isArray(names) ? names.map(String).sort() : [];
}

function published(name: string): Schema {
  const parsed: unknown = JSON.parse(readFileSync(join(repository, "schemas", `${name}.schema.json`), "utf8"));
  assert.ok(isSchema(parsed));
  return parsed;
}

describe("the published schemas", () => {
  for (const command of ["thin", "fat"]) {
    it(`${command}.schema.json is the format that a run's report is read by`, () => {
      const generated = toJSONSchema(runReport, { target: "draft-7", io: "input", unrepresentable: "any" });
      const said = published(command);
      assert.deepEqual(differences(said, said, generated, generated), []);
    });
  }

  it("error.schema.json is the format that errors are read by", () => {
    const generated = toJSONSchema(errorReport, { target: "draft-7", io: "input", unrepresentable: "any" });
    const root = published("error");
    assert.ok(isSchema(root["definitions"]));
    assert.deepEqual(differences(root["definitions"]["error"], root, generated, generated), []);
  });
});
