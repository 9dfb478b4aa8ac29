import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  Parser,
} from 'yaml';

type ComposeErrorHandler = (
  source: number | [number, number, ...number[]] | { readonly offset: number },
  code: string,
  message: string,
  isWarning?: boolean,
) => void;

/** Bytes of a configuration file; ten thousand cameras fit. */
export const maxYamlBytes = 1024 * 1024;
/** Groups and lists within one another; the schema needs six. */
const maxDepth = 32;
/** Values, keys and aliases, each alias counted as all that it stands for. */
const maxValues = 100_000;

/** What is wrong with a text, and where. */
export class YamlFault extends Error {
  override readonly name = 'YamlFault';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Reads one YAML document whose cost is bounded: its size, how deep it nests, and what its aliases
 * stand for. Keys are texts, an anchor is set once and before it is used.
 * @param lines counts the lines of the text, for the places of faults
 * @throws YamlFault
 */
export function readYaml(text: string, lines: LineCounter): Document {
  if (text.length > maxYamlBytes) {
    countLines(text, lines);
    throw new YamlFault(`The file is larger than ${maxYamlBytes / 1024} KiB`, maxYamlBytes);
  }
  const parser = new BoundedParser(lines.addNewLine);
  const [document, second] = strictComposer(lines).compose(
    withoutErrors(parser.parse(text)),
    true,
    text.length,
  );
  if (document === undefined) throw new YamlFault('There is no document', 0);
  const [broken] = document.errors;
  if (broken !== undefined) throw new YamlFault(broken.message, broken.pos[0]);
  if (second !== undefined) {
    throw new YamlFault('The file must hold one document', second.range?.[0] ?? 0);
  }
  new Walk().node(document.contents);
  return document;
}

function countLines(text: string, lines: LineCounter): void {
  for (let at = 0; at <= maxYamlBytes; at = text.indexOf('\n', at) + 1) {
    lines.addNewLine(at);
    if (text.indexOf('\n', at) < 0) return;
  }
}

/** Refuses what nests too deep before anything is made of it: what follows is recursive. */
class BoundedParser extends Parser {
  override *next(source: string): Generator<CST.Token, void> {
    if (this.stack.length > maxDepth) {
      throw new YamlFault(`Groups and lists nest more than ${maxDepth} deep`, this.offset);
    }
    yield* super.next(source);
  }
}

/** The first error ends it: a text that is no YAML has any number of them, and each is an object. */
function* withoutErrors(tokens: Iterable<CST.Token>): Generator<CST.Token> {
  for (const token of tokens) {
    if (token.type === 'error') throw new YamlFault(token.message, token.offset);
    yield token;
  }
}

/**
 * Throws the first error that it meets, as `withoutErrors` does. Keys are compared by the walk: the
 * library compares each with all others.
 */
function strictComposer(lineCounter: LineCounter): Composer {
  const composer = new Composer({ lineCounter, prettyErrors: false, uniqueKeys: false });
  // Not part of the library's interface: where it is gone, the errors of the document remain.
  (composer as unknown as { onError: ComposeErrorHandler }).onError = (
    source,
    _,
    message,
    passes,
  ) => {
    if (passes === true) return;
    const at =
      typeof source === 'number' ? source : Array.isArray(source) ? source[0] : source.offset;
    throw new YamlFault(message, at);
  };
  return composer;
}

/** Counts what a document stands for, aliases followed. */
class Walk {
  readonly #sizes = new Map<string, number | null>();
  #values = 0;

  /** @returns how many values the node stands for */
  node(node: unknown): number {
    if (isAlias(node)) return this.#count(this.#alias(node), node);
    const anchor = this.#open(node);
    const before = this.#values;
    this.#count(1, node);
    if (isSeq(node)) for (const item of node.items) this.node(item);
    if (isMap(node)) {
      const keys = new Set<string>();
      for (const { key, value } of node.items) {
        if (!isScalar(key) || typeof key.value === 'object') {
          throw new YamlFault('A key must be a text', startOf(key) ?? startOf(node) ?? 0);
        }
        const name = String(key.value);
        if (keys.has(name)) throw new YamlFault('Map keys must be unique', startOf(key) ?? 0);
        keys.add(name);
        this.#open(key);
        if (key.anchor !== undefined) this.#sizes.set(key.anchor, 1);
        this.node(value);
      }
    }
    const size = this.#values - before;
    if (anchor !== undefined) this.#sizes.set(anchor, size);
    return size;
  }

  /** Notes that an anchor is set here, its value not yet known. */
  #open(node: unknown): string | undefined {
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor === undefined) return undefined;
    if (this.#sizes.has(anchor)) {
      throw new YamlFault(`The anchor "${short(anchor)}" is set twice`, startOf(node) ?? 0);
    }
    this.#sizes.set(anchor, null);
    return anchor;
  }

  #alias(alias: Alias): number {
    const size = this.#sizes.get(alias.source);
    if (size === undefined) {
      throw new YamlFault(
        `No anchor "${short(alias.source)}" before this alias`,
        startOf(alias) ?? 0,
      );
    }
    if (size === null) {
      throw new YamlFault(`"${short(alias.source)}" would hold itself`, startOf(alias) ?? 0);
    }
    return size;
  }

  #count(values: number, node: unknown): number {
    this.#values += values;
    if (this.#values > maxValues) {
      throw new YamlFault(`The file stands for more than ${maxValues} values`, startOf(node) ?? 0);
    }
    return values;
  }
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

function short(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}
