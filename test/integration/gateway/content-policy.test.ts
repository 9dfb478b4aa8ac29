import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openGateway } from '../../support/gateway/open-gateway.ts';

const webRoot = join(import.meta.dirname, '../../../web/dist');
const missing = existsSync(join(webRoot, 'index.html'))
  ? false
  : 'the dashboard is not built (npm run build:web)';

const filesOf = (ending: string) =>
  readdirSync(webRoot, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith(ending),
  );

describe('the content security policy', () => {
  it('allows nothing inline, evaluated or foreign, on every answer', async (t) => {
    const { address } = await openGateway(t, missing === false ? { webRoot } : {});
    for (const path of ['/', '/api/cameras', '/openapi.json', '/nowhere', '/api/login']) {
      const policy = (await fetch(`${address}${path}`)).headers.get('content-security-policy');
      const directives = new Map(
        (policy ?? '').split(';').map((part) => {
          const [name = '', ...sources] = part.trim().split(/\s+/);
          return [name, sources];
        }),
      );
      for (const [name, sources] of directives) {
        for (const source of sources) {
          assert.ok(["'self'", "'none'", 'blob:'].includes(source), `${path}: ${name} ${source}`);
        }
      }
      assert.deepEqual(directives.get('default-src'), ["'none'"]);
      assert.deepEqual(directives.get('script-src'), ["'self'"]);
      assert.deepEqual(directives.get('frame-ancestors'), ["'none'"]);
      assert.deepEqual(directives.get('base-uri'), ["'none'"]);
    }
  });

  it('is one that the built page keeps to', { skip: missing }, async (t) => {
    const { address } = await openGateway(t, { webRoot });
    const response = await fetch(`${address}/`);
    assert.equal(response.status, 200);
    const page = await response.text();
    assert.doesNotMatch(page, /<style|\sstyle=|\son[a-z]+=|javascript:|<base|<iframe|<object/i);
    for (const [, attributes = '', content = ''] of page.matchAll(
      /<script([^>]*)>([\s\S]*?)<\/script>/g,
    )) {
      assert.equal(content.trim(), '', 'a script within the page');
      assert.match(attributes, /\ssrc="/);
    }
    const links = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link = '']) => link);
    assert.ok(links.length >= 2);
    for (const link of links) {
      const url = new URL(link, `${address}/`);
      assert.equal(url.origin, address, link);
      const file = await fetch(url);
      assert.equal(file.status, 200, link);
      assert.equal(file.headers.get('x-content-type-options'), 'nosniff');
    }
  });

  it('is kept to by the built scripts and styles', { skip: missing }, () => {
    for (const file of filesOf('.js')) {
      const script = readFileSync(join(webRoot, file), 'utf8');
      assert.doesNotMatch(script, /\beval\s*\(|new Function\s*\(/, file);
      assert.doesNotMatch(script, /importScripts\s*\(|createElement\(["'`]style["'`]\)/, file);
    }
    for (const file of filesOf('.css')) {
      const style = readFileSync(join(webRoot, file), 'utf8');
      assert.doesNotMatch(style, /@import|url\(\s*["']?(https?:)?\/\//, file);
    }
  });
});
