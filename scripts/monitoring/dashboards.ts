import { readdirSync, readFileSync } from 'node:fs';

/** What is read of a panel, as Grafana stores it. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly min?: number;
      readonly max?: number;
      readonly decimals?: number;
      readonly mappings?: readonly {
        readonly options: Readonly<
          Record<string, { readonly text: string; readonly color?: string }>
        >;
      }[];
      readonly thresholds?: {
        readonly steps: readonly { readonly color: string; readonly value: number | null }[];
      };
    };
  };
  readonly options?: { readonly textMode?: string };
  readonly targets?: readonly Target[];
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  /** Asked for one moment, else for the time shown. */
  readonly instant?: boolean;
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
  readonly includeAll?: boolean;
}

export interface Dashboard {
  /** Name of its file, without `.json`. */
  readonly name: string;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

const folder = new URL('../../config/grafana/dashboards/', import.meta.url);

/** The dashboards that ship with Nightglass, by name. */
export function readDashboards(): Dashboard[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      ...(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Omit<Dashboard, 'name'>),
      name: file.replace(/\.json$/, ''),
    }));
}

/** What Grafana would put for its variables. */
export interface Substitution {
  /** Values of the dashboard's own variables; all of them for one that is not named. */
  readonly values: Readonly<Record<string, string>>;
  /** Seconds between scrapes: rates are taken over four of them. */
  readonly scrapeInterval: number;
  /** Seconds shown. */
  readonly range: number;
}

/** The query of a panel as Grafana sends it. @throws RangeError for a variable that nobody sets */
export function expand(
  expression: string,
  { values, scrapeInterval, range }: Substitution,
): string {
  return expression.replaceAll(/\$(\w+)/g, (_, name: string) => {
    if (name === '__rate_interval') return `${4 * scrapeInterval}s`;
    if (name === '__range') return `${Math.ceil(range)}s`;
    const value = values[name];
    if (value === undefined) throw new RangeError(`Cannot expand $${name}: it has no value`);
    return value;
  });
}
