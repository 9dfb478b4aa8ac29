import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasHiddenCharacters } from '../../../../src/services/watchlists/hidden-characters.ts';

describe('hidden characters', () => {
  it('lets every script pass, joiners and direction marks too', () => {
    for (const name of [
      'Zoë Ångström-Łuksza',
      '王小明',
      'محمد بن سلمان',
      'דוד בן־גוריון',
      'علی\u200cرضا',
      'क्\u200dषमा',
      'สมชาย ใจดี',
      '👩🏽\u200d🚒 Ada',
      'שרה\u200f (2)',
      'e\u0301toile',
      '<script>alert(1)</script>',
      "Robert'); DROP TABLE people;--",
    ]) {
      assert.equal(hasHiddenCharacters(name, 'one line'), false, name);
    }
  });

  it('finds controls, halves of characters, and what turns the direction', () => {
    for (const name of [
      'a\u0000b',
      'a\u001b[31mb',
      'a\u0085b',
      'a\ud800b',
      'Ada\u202egnp.exe',
      'Ada \u2067x\u2069',
      'a\u2028b',
    ]) {
      assert.equal(hasHiddenCharacters(name, 'one line'), true, JSON.stringify(name));
      assert.equal(hasHiddenCharacters(name, 'lines'), true, JSON.stringify(name));
    }
  });

  it('lets lines pass where they are meant', () => {
    assert.equal(hasHiddenCharacters('one\r\ntwo\n\tthree', 'lines'), false);
    assert.equal(hasHiddenCharacters('one\ntwo', 'one line'), true);
    assert.equal(hasHiddenCharacters('one\rtwo', 'lines'), true);
  });
});
