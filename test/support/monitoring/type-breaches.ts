import { join } from 'node:path';
import ts from 'typescript';

/** Holds JSON against the types of a TypeScript file, at run time. */
export class TypeFile {
  readonly #checker: ts.TypeChecker;
  readonly #exports: ReadonlyMap<string, ts.Type>;

  constructor(path: string) {
    const program = ts.createProgram([path], {
      ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
      ...{ target: ts.ScriptTarget.ES2024, strict: true, noEmit: true, types: [] },
      allowImportingTsExtensions: true,
    });
    const source = program.getSourceFile(path);
    if (source === undefined) throw new TypeError(`Cannot read ${path}`);
    const checker = program.getTypeChecker();
    const module = checker.getSymbolAtLocation(source);
    if (module === undefined) throw new TypeError(`${path} exports nothing`);
    this.#checker = checker;
    this.#exports = new Map(
      checker
        .getExportsOfModule(module)
        .map((symbol) => [symbol.name, checker.getDeclaredTypeOfSymbol(this.#target(symbol))]),
    );
  }

  /** @param property of the exported type, for its own type */
  type(name: string, property?: string): ts.Type | undefined {
    const type = this.#exports.get(name);
    if (type === undefined) throw new TypeError(`There is no type ${name}`);
    if (property === undefined) return type;
    const symbol = type.getProperty(property);
    return symbol && this.#checker.getTypeOfSymbol(symbol);
  }

  /**
   * Where a value is not of a type: keys that it does not know, values of another kind. What is
   * missing is none: programs that read such files fill in defaults.
   */
  breaches(value: unknown, type: ts.Type, path: string, without: readonly string[] = []): string[] {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return [];
    if (type.isUnion()) {
      const each = type.types.map((one) => this.breaches(value, one, path, without));
      const nearest = each.toSorted((one, other) => one.length - other.length)[0] ?? [];
      return nearest;
    }
    if (type.isLiteral()) {
      return value === type.value ? [] : [`${path}: ${JSON.stringify(value)} is not ${type.value}`];
    }
    const kind = this.#checker.typeToString(type);
    if (typeof value !== 'object' || value === null) {
      const own = value === null ? 'null' : typeof value;
      return kind === own || kind === String(value) ? [] : [`${path}: ${own} is not ${kind}`];
    }
    if (Array.isArray(value)) {
      if (!this.#checker.isArrayType(type)) return [`${path}: a list is not ${kind}`];
      const [element] = this.#checker.getTypeArguments(type as ts.TypeReference);
      if (element === undefined) return [];
      return value.flatMap((one, at) => this.breaches(one, element, `${path}[${at}]`, without));
    }
    return this.#ofObject(value as Record<string, unknown>, type, path, without);
  }

  #ofObject(
    value: Readonly<Record<string, unknown>>,
    type: ts.Type,
    path: string,
    without: readonly string[],
  ): string[] {
    if (!(type.flags & ts.TypeFlags.Object) || this.#checker.isArrayType(type)) {
      return [`${path}: an object is not ${this.#checker.typeToString(type)}`];
    }
    return Object.entries(value).flatMap(([key, one]) => {
      if (without.includes(key)) return [];
      const symbol = type.getProperty(key);
      const known = symbol ? this.#checker.getTypeOfSymbol(symbol) : type.getStringIndexType();
      if (known === undefined) return [`${path}.${key} is not known`];
      return this.breaches(one, known, `${path}.${key}`, without);
    });
  }

  #target(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** The types of Grafana. */
export const grafanaTypes = () => new TypeFile(join(import.meta.dirname, 'grafana-types.ts'));
