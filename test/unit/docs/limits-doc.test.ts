import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { configuredLimits } from '../../../src/config/limits-config.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { defaultLimits, gatewayLimitBounds } from '../../../src/domain/gateway-limits.ts';

const text = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8');

const shown = {
  count: (value: number) => String(value),
  pixels: (value: number) => String(value),
  bytes: (value: number) => String(value),
  time: (value: number) => `${value / 1000}s`,
};

describe('the limits of the gateway', () => {
  it('stand in the threat model with what holds by default and what may be configured', () => {
    const rows = Object.entries(gatewayLimitBounds).map(([name, { unit, usual, least, most }]) => {
      const cells = [usual, least, most].map(shown[unit]);
      return `| \`${name.replace(/Ms$/, '')}\` | ${cells.join(' | ')} |`;
    });
    const table = ['| limit | default | least | most |', '|---|---|---|---|', ...rows].join('\n');
    assert.ok(text.includes(table), `docs/security.md should hold:\n${table}`);
  });

  it('are configured within their bounds', () => {
    const limits = (yaml: string) =>
      configuredLimits(parseConfig(`server: { limits: ${yaml} }`, 'x.yaml').config.server.limits);
    assert.deepEqual(limits('{}'), defaultLimits);
    const changed = limits('{ maxStrangers: 8, authTime: 2s }');
    assert.deepEqual([changed.maxStrangers, changed.authTimeMs], [8, 2000]);
    for (const wrong of ['{ maxStrangers: 7 }', '{ authTime: 2m }', '{ authTimeMs: 5 }']) {
      assert.throws(() => limits(wrong), { code: 'CONFIG_INVALID' }, wrong);
    }
  });
});
