import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { prometheusMissing } from '../../../scripts/monitoring/prometheus-process.ts';

const missing = await prometheusMissing();
const skip = missing === undefined ? {} : { skip: missing };
const shipped = fileURLToPath(new URL('../../../config/prometheus/', import.meta.url));
const cases = fileURLToPath(new URL('./rules/alerts.test.yml', import.meta.url));
const promtool = async (...words: string[]): Promise<string> => {
  try {
    const { stdout } = await promisify(execFile)('promtool', words);
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}${stderr}`);
  }
};

describe('Prometheus files, as promtool sees them', skip, () => {
  it('are valid, the configuration with a token beside it', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'nightglass-prometheus-'));
    t.after(() => rmSync(folder, { recursive: true }));
    cpSync(shipped, folder, { recursive: true });
    writeFileSync(join(folder, 'nightglass.token'), 'secret\n');
    assert.match(await promtool('check', 'config', join(folder, 'prometheus.yml')), /is valid/);
  });

  it('raise each alert when they should and not before', async () => {
    assert.match(await promtool('test', 'rules', cases), /SUCCESS/);
  });
});

describe('cases of the alerting rules', () => {
  it('show every alert fire, and stay silent', () => {
    const rules = parse(readFileSync(join(shipped, 'alerts.yml'), 'utf8')) as {
      groups: { rules: { alert: string }[] }[];
    };
    const { tests } = parse(readFileSync(cases, 'utf8')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    const checks = tests.flatMap((test) => test.alert_rule_test);
    const named = (some: typeof checks) => [...new Set(some.map((one) => one.alertname))].sort();
    const alerts = [
      ...new Set(rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert))),
    ].sort();
    assert.deepEqual(named(checks.filter((check) => check.exp_alerts.length > 0)), alerts);
    const silent = new Set(named(checks.filter((check) => check.exp_alerts.length === 0)));
    // These two say something from the first moment on; their cases hold series that stay silent.
    for (const name of ['NightglassWatchlistExpiring', 'NightglassCertificateExpiring']) {
      silent.add(name);
    }
    assert.deepEqual([...silent].sort(), alerts);
  });
});
