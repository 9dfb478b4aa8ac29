import type { StaffNaming } from '../../../domain/subject-access.ts';

/** Actors that are no people. */
const programs = new Set(['system', 'configuration', 'command line', '']);

/**
 * Names of people who work with the program: each has a number, the same throughout, unless all are
 * to be named. Who asks for their data has no claim to know who dealt with it (Court of Justice,
 * C-579/21), and those have one to be left alone.
 */
export class StaffNames {
  readonly #naming: StaffNaming;
  readonly #numbers = new Map<string, number>();

  constructor(naming: StaffNaming) {
    this.#naming = naming;
  }

  /** How this one stands in what leaves. */
  of(name: string): string {
    if (this.#naming === 'named' || programs.has(name)) return name;
    const number = this.#numbers.get(name) ?? this.#numbers.size + 1;
    this.#numbers.set(name, number);
    return `reviewer ${number}`;
  }

  /** The text with the names of `known` people, and of those who were named before, replaced. */
  inText(text: string, known: Iterable<string>): string {
    if (this.#naming === 'named') return text;
    const names = [...new Set([...this.#numbers.keys(), ...known])].filter(
      (name) => name.length > 1 && !programs.has(name),
    );
    // A longer name first: it may hold a shorter one.
    const sorted = names.sort((a, b) => b.length - a.length);
    if (sorted.length === 0) return text;
    const byName = new Map(sorted.map((name) => [name.toLowerCase(), name]));
    return text.replaceAll(namesIn(sorted), (found) =>
      this.of(byName.get(found.toLowerCase()) ?? found),
    );
  }
}

function namesIn(names: readonly string[]): RegExp {
  const choices = names.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${choices})(?![\\p{L}\\p{N}])`, 'giu');
}
