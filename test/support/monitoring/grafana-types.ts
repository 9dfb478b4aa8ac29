/* The types of Grafana's own foundation SDK that our dashboards are held against. Types alone. */
export type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
export type { Dataquery as Query } from '@grafana/grafana-foundation-sdk/prometheus';

import type { Options as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Options as Gauge } from '@grafana/grafana-foundation-sdk/gauge';
import type { Options as Heatmap } from '@grafana/grafana-foundation-sdk/heatmap';
import type { Options as Stat } from '@grafana/grafana-foundation-sdk/stat';
import type { Options as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import type { Options as Table } from '@grafana/grafana-foundation-sdk/table';
import type { Options as Text } from '@grafana/grafana-foundation-sdk/text';
import type { Options as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

/** Options of a panel by its type. */
export interface PanelOptions {
  bargauge: BarGauge;
  gauge: Gauge;
  heatmap: Heatmap;
  stat: Stat;
  'state-timeline': StateTimeline;
  table: Table;
  text: Text;
  timeseries: TimeSeries;
}
