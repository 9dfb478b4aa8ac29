import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter } from 'yaml';
import type { z } from 'zod';
import { NightglassError } from '../domain/errors.ts';
import { describeIssue } from './describe-issue.ts';
import { keysOfSchema } from './nearest-key.ts';
import { maxYamlBytes, readYaml, YamlFault } from './read-yaml.ts';
import { type Config, configSchema } from './schema.ts';

/** Faults that are listed; a text that is something else altogether has any number. */
const maxFaults = 20;

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute path of the file. */
  readonly path: string;
  /** Relative paths in the file start here. */
  readonly baseDir: string;
  /** SHA-256 of the settings in force, defaults included; secrets are no part of it. */
  readonly hash: string;
}

/**
 * Reads and validates a configuration file.
 * @throws NightglassError `CONFIG_UNREADABLE`, `CONFIG_INVALID` (message: a line a fault)
 */
export function loadConfig(file: string): LoadedConfig {
  const path = resolve(file);
  const text = textOf(file);
  return { ...parseConfig(text, file), path, baseDir: dirname(path) };
}

/**
 * Reads a YAML file within the same bounds; what it holds is not validated.
 * @throws NightglassError `CONFIG_UNREADABLE`, `CONFIG_INVALID`
 */
export function loadYaml(file: string): unknown {
  return readDocument(textOf(file), file, new LineCounter()).toJS({ maxAliasCount: -1 });
}

/** @throws NightglassError `CONFIG_UNREADABLE` */
function textOf(file: string): string {
  try {
    return readStart(resolve(file));
  } catch (cause) {
    throw new NightglassError(
      'CONFIG_UNREADABLE',
      `Cannot read ${file}: ${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}`,
      { hint: 'Check the path; config/example.yaml is a start.', cause },
    );
  }
}

/**
 * Validates configuration text.
 * @throws NightglassError `CONFIG_INVALID`
 */
export function parseConfig(
  text: string,
  file = 'configuration',
): { config: Config; hash: string } {
  const lines = new LineCounter();
  const document = readDocument(text, file, lines);
  const root = document.toJS({ maxAliasCount: -1 }) ?? {};
  const result = configSchema.safeParse(root);
  if (!result.success) {
    const keysAt = (path: readonly PropertyKey[]) => keysOfSchema(configSchema, path);
    const issues = result.error.issues.flatMap(eachKey);
    const faults = issues.slice(0, maxFaults).map((issue) => {
      const offset = placeOf(document, issue);
      const at = offset === undefined ? '' : `:${lines.linePos(offset).line}`;
      return `${file}${at}: ${describeIssue(issue, root, keysAt)}`;
    });
    if (issues.length > maxFaults) faults.push(`${file}: ${issues.length - maxFaults} more faults`);
    throw new NightglassError('CONFIG_INVALID', faults.join('\n'), {
      hint: 'Correct these, then try "nightglass config check".',
    });
  }
  return { config: result.data, hash: hashConfig(result.data) };
}

/** @throws NightglassError `CONFIG_INVALID` with the place, for what is not YAML or beyond its bounds */
function readDocument(text: string, file: string, lines: LineCounter): Document {
  try {
    return readYaml(text, lines);
  } catch (cause) {
    if (!(cause instanceof YamlFault)) throw cause;
    const { line, col } = lines.linePos(cause.offset);
    throw new NightglassError('CONFIG_INVALID', `${file}:${line}:${col}: ${cause.message}`, {
      hint: 'Correct the YAML at that place.',
      cause,
    });
  }
}

/** The text of a file, a little beyond what is accepted at most: a device or a huge file ends there. */
function readStart(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(maxYamlBytes + 4);
    let length = 0;
    for (;;) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      length += read;
      if (read === 0 || length === bytes.length) return bytes.toString('utf8', 0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** An issue of several unknown keys as one issue each: they stand on lines of their own. */
function eachKey(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ ...issue, keys: [key] }))
    : [issue];
}

/** Where in the text an issue is: its key, else what of the way to it is there. */
function placeOf(document: Document, issue: z.core.$ZodIssue): number | undefined {
  const path = issue.path as (string | number)[];
  const full = issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path;
  for (let length = full.length; length > 0; length -= 1) {
    const parent = document.getIn(full.slice(0, length - 1), true);
    const last = full[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
      if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0];
    } else if (isSeq(parent)) {
      const item = parent.items[Number(last)];
      if (isNode(item)) return item.range?.[0];
    }
  }
  return undefined;
}

/** SHA-256 of the settings, as hex. */
export function hashConfig(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex');
}
