import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { errorCodes } from '../../../src/domain/errors.ts';
import { gatewayErrorCodes } from '../../../src/gateway/contract/wire-error.ts';
import { dictionaries } from '../../../web/src/i18n/dictionaries.ts';
import type { Text } from '../../../web/src/i18n/en/text.ts';
import { errors } from '../../../web/src/i18n/zh/errors.ts';

const source = join(import.meta.dirname, '..', '..', '..', 'web', 'src');
const areas = Object.keys(dictionaries.en) as (keyof typeof dictionaries.en)[];

function texts(language: 'en' | 'zh'): [string, Text][] {
  return areas.flatMap((area) =>
    Object.entries(dictionaries[language][area]).map(([name, text]): [string, Text] => [
      `${area}.${name}`,
      text,
    ]),
  );
}

/** Names of the parameters of a text, in all its forms. */
function parameters(text: Text): string[] {
  const forms = typeof text === 'string' ? [text] : [text.one, text.other];
  const names = forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  return [...new Set(names)].map(String).sort();
}

describe('texts of the dashboard', () => {
  const chinese = new Map(texts('zh'));

  it('are there in both languages, with the same parameters', () => {
    assert.deepEqual(
      [...chinese.keys()].sort(),
      texts('en')
        .map(([key]) => key)
        .sort(),
    );
    for (const [key, text] of texts('en')) {
      assert.deepEqual(parameters(chinese.get(key) ?? ''), parameters(text), key);
    }
  });

  it('are not empty', () => {
    for (const [key, text] of [...texts('en'), ...chinese]) {
      const forms = typeof text === 'string' ? [text] : [text.one, text.other];
      for (const form of forms) assert.notEqual(form.trim(), '', key);
    }
  });

  it('are written in Chinese where they are words', () => {
    for (const [key, text] of chinese) {
      const words = typeof text === 'string' ? text : text.other;
      // Names, units and formats may be Latin.
      if (/^[\w\s./{}()·%#+−-]*$/u.test(words) && words.length > 24) {
        assert.fail(`${key} is not translated: ${words}`);
      }
    }
  });

  it('tell each code of the gateway in Chinese', () => {
    for (const code of [...Object.keys(errorCodes), ...Object.keys(gatewayErrorCodes)]) {
      assert.ok(errors[code] !== undefined, `${code} has no Chinese text`);
    }
  });

  it('are used: none is left over', () => {
    const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !/^i18n\/(en|zh)\//.test(file))
      .map((file) => readFileSync(join(source, file), 'utf8'))
      .join('\n');
    // Keys that are put together: `alerts.state_${state}`.
    const stems = [...code.matchAll(/`([a-z]+\.\w*)\$\{/g)].map(([, stem]) => String(stem));
    const unused = texts('en')
      .map(([key]) => key)
      .filter((key) => !code.includes(`'${key}'`) && !stems.some((stem) => key.startsWith(stem)));
    assert.deepEqual(unused, []);
  });
});
