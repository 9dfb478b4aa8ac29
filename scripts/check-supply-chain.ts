/**
 * What is installed with the product: a licence that may be passed on, native
 * binaries that NOTICE names, no known advisory of high severity. Development
 * tools are left out. Advisories need the registry's answer; without one that
 * is said, and is no failure.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * SPDX identifiers of licences under which a product can be passed on without
 * its source; of MPL-2.0 only changed files of that package would have to be
 * published, and none is changed.
 */
const accepted = new Set([
  ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC'],
  ...['MIT', 'MIT-0', 'MPL-2.0', 'Python-2.0', 'Unlicense'],
]);
/** Packages that state their licence in a file alone, as read there. */
const readInFile: Readonly<Record<string, string>> = {
  '@shinyoshiaki/jspack': 'BSD-3-Clause',
  'png-js': 'MIT',
};
const native = /\.(node|so(\.\d+)*|dylib|dll|exe)$/;
const auditTimeoutMs = 30_000;

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
});
const auditReport = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({ severity: z.string(), range: z.string().optional() }),
  ),
});

const root = join(import.meta.dirname, '..');
const { packages } = lockFile.parse(
  JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')),
);
const shipped = Object.entries(packages).filter(
  ([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true,
);
const faults = [...licenceFaults(), ...nativeFaults(), ...(await advisoryFaults())];
for (const fault of faults) console.error(fault);
console.log(`${shipped.length} packages are installed with the product, ${faults.length} faults`);
if (faults.length > 0) process.exitCode = 1;

function licenceFaults(): string[] {
  return shipped.flatMap(([path, { license = readInFile[nameOf(path)], version }]) =>
    license !== undefined && isAccepted(license)
      ? []
      : [`${nameOf(path)} ${version}: licence ${license ?? 'not stated'} is not accepted`],
  );
}

/** "A or B" is accepted with one accepted, "A and B" with all. */
function isAccepted(expression: string): boolean {
  return expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((id) => accepted.has(id.trim())));
}

/** Packages with native code that NOTICE does not name, as far as they are installed here. */
function nativeFaults(): string[] {
  const notice = readFileSync(join(root, 'NOTICE'), 'utf8');
  return shipped.flatMap(([path]) => {
    const name = nameOf(path);
    const files = filesOf(join(root, path)).filter((file) => native.test(file));
    const family = name.replace(/-(darwin|linux|win32)-.*$/, '-*');
    const named = notice.includes(name) || notice.includes(family);
    return files.length === 0 || named ? [] : [`NOTICE does not name ${name}: ${files[0]}`];
  });
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    // Of the packages for other platforms none is here.
    return [];
  }
}

async function advisoryFaults(): Promise<string[]> {
  const answer = await new Promise<string>((resolve) => {
    execFile(
      'npm',
      ['audit', '--omit', 'dev', '--json'],
      { cwd: root, timeout: auditTimeoutMs, maxBuffer: 64 * 1024 * 1024 },
      // It exits with 1 for any advisory; the report says which.
      (_error, stdout) => resolve(stdout),
    );
  });
  const report = auditReport.safeParse(parsed(answer));
  if (!report.success) {
    console.log('Known advisories were not checked: the registry gives no answer to that.');
    return [];
  }
  return Object.entries(report.data.vulnerabilities)
    .filter(([, { severity }]) => severity === 'high' || severity === 'critical')
    .map(
      ([name, { severity, range = '' }]) => `${name} ${range}: advisory of ${severity} severity`,
    );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
