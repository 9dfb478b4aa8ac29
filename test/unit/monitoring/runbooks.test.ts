import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { createProgram } from '../../../src/cli/program.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const rules = (
  parse(text('config/prometheus/alerts.yml')) as {
    groups: {
      rules: { alert: string; labels: { severity: string }; annotations: Record<string, string> }[];
    }[];
  }
).groups.flatMap((group) => group.rules);
const names = [...new Set(rules.map(({ alert }) => alert))].sort();

describe('runbooks', () => {
  it('are named by each rule, exist, and none is left over', () => {
    for (const { alert, annotations } of rules) {
      assert.equal(annotations['runbook_url'], `docs/runbooks/${alert}.md`);
    }
    const there = readdirSync(join(root, 'docs', 'runbooks')).sort();
    assert.deepEqual(
      there,
      names.map((name) => `${name}.md`),
    );
  });

  for (const name of names) {
    it(`${name} says what it means, where to look and what to do, with its severity`, () => {
      const page = text(`docs/runbooks/${name}.md`);
      assert.ok(page.startsWith(`# ${name}\n`));
      for (const part of ['## What it means', '**Effect**:', '## Look', '## Act']) {
        assert.ok(page.includes(part), part);
      }
      const stated = /^Severity: (.*?)\. Rule/m.exec(page)?.[1] ?? '';
      for (const { labels } of rules.filter(({ alert }) => alert === name)) {
        assert.ok(stated.includes(labels.severity), `${stated} has ${labels.severity}`);
      }
      for (const [, link = ''] of page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(root, 'docs', 'runbooks', link)), link);
      }
    });
  }

  it('name metrics and commands that there are', () => {
    const metrics = text('docs/metrics.md');
    const commands = createProgram();
    for (const name of names) {
      const page = text(`docs/runbooks/${name}.md`);
      for (const [metric] of page.matchAll(/\bnightglass_[a-z_]+/g)) {
        assert.ok(metrics.includes(`\`${metric}\``), `${name}: ${metric}`);
      }
      for (const [, words = ''] of page.matchAll(/`nightglass ([a-z-]+(?: [a-z-]+)?)/g)) {
        const [first, second] = words.split(' ');
        const command = commands.commands.find((one) => one.name() === first);
        assert.ok(command !== undefined, `${name}: nightglass ${words}`);
        if (command.commands.length === 0 || second === undefined) continue;
        assert.ok(
          command.commands.some((one) => one.name() === second),
          `${name}: nightglass ${words}`,
        );
      }
    }
  });

  it('are listed in docs/monitoring.md', () => {
    const page = text('docs/monitoring.md');
    const listed = [...page.matchAll(/^\| \[`(\w+)`\]\(runbooks\/\1\.md\) \|/gm)];
    assert.deepEqual(listed.map(([, name]) => name).sort(), names);
  });
});

describe('the example for Alertmanager', () => {
  const config = parse(text('config/prometheus/alertmanager.yml')) as {
    route: { receiver: string; routes: { matchers: string[]; receiver: string }[] };
    receivers: { name: string }[];
    inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
  };

  it('sends each severity somewhere, and names only alerts that there are', () => {
    for (const severity of new Set(rules.map(({ labels }) => labels.severity))) {
      assert.ok(
        config.route.routes.some(({ matchers }) => matchers.includes(`severity = ${severity}`)),
        severity,
      );
    }
    const receivers = config.receivers.map(({ name }) => name);
    for (const { receiver } of [config.route, ...config.route.routes]) {
      assert.ok(receivers.includes(receiver), receiver);
    }
    const matchers = config.inhibit_rules.flatMap((rule) => [
      ...rule.source_matchers,
      ...rule.target_matchers,
    ]);
    for (const [, name = ''] of matchers.join('\n').matchAll(/alertname !?= (\w+)/g)) {
      assert.ok(names.includes(name), name);
    }
  });

  const missing = spawnSync('amtool', ['--version']).error !== undefined;
  it('is valid to Alertmanager', {
    skip: missing && 'needs amtool (Debian: prometheus-alertmanager)',
  }, () => {
    const run = spawnSync('amtool', ['check-config', 'config/prometheus/alertmanager.yml'], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, run.stdout + run.stderr);
  });
});
