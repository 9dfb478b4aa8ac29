import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { NightglassError } from '../domain/errors.ts';
import { describeIssue } from './describe-issue.ts';
import { keysOfSchema } from './nearest-key.ts';
import { type Config, configSchema } from './schema.ts';

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
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new NightglassError(
      'CONFIG_UNREADABLE',
      `Cannot read ${file}: ${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}`,
      { hint: 'Check the path; config/example.yaml is a start.', cause },
    );
  }
  return { ...parseConfig(text, file), path, baseDir: dirname(path) };
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
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new NightglassError('CONFIG_INVALID', `${file}:${line}:${col}: ${broken.message}`, {
      hint: 'Correct the YAML at that place.',
    });
  }
  const root = plainValue(document, file);
  const result = configSchema.safeParse(root);
  if (!result.success) {
    const keysAt = (path: readonly PropertyKey[]) => keysOfSchema(configSchema, path);
    const faults = result.error.issues.flatMap(eachKey).map((issue) => {
      const offset = placeOf(document, issue);
      const at = offset === undefined ? '' : `:${lines.linePos(offset).line}`;
      return `${file}${at}: ${describeIssue(issue, root, keysAt)}`;
    });
    throw new NightglassError('CONFIG_INVALID', faults.join('\n'), {
      hint: 'Correct these, then try "nightglass config check".',
    });
  }
  return { config: result.data, hash: hashConfig(result.data) };
}

/** What the document says. @throws NightglassError `CONFIG_INVALID` for aliases without an anchor, and too many */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NightglassError('CONFIG_INVALID', `${file}: ${why}`, {
      hint: 'Write the values out instead of aliases.',
      cause,
    });
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
