import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { NightglassError } from '../domain/errors.ts';
import { describeIssue } from './describe-issue.ts';
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
  const root: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const result = configSchema.safeParse(root);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => {
      const node = document.getIn(issue.path as (string | number)[], true) as
        | { range?: [number, number, number] }
        | undefined;
      const at = node?.range ? `:${lines.linePos(node.range[0]).line}` : '';
      return `${file}${at}: ${describeIssue(issue, root)}`;
    });
    throw new NightglassError('CONFIG_INVALID', faults.join('\n'), {
      hint: 'Correct these, then try "nightglass config check".',
    });
  }
  return { config: result.data, hash: hashConfig(result.data) };
}

/** SHA-256 of the settings, as hex. */
export function hashConfig(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex');
}
