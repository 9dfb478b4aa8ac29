import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * The Prometheus text of a registry. Counters and gauges, most of the series,
 * are written here: prom-client's own way to write them makes several objects
 * a series, twice the processor time at 64 cameras. Histograms are left to it.
 */
export async function exposition(registry: Registry): Promise<string> {
  const parts = await Promise.all(
    registry.getMetricsAsArray().map(async ({ name }) => {
      const metric = registry.getSingleMetric(name);
      if (!(metric instanceof Counter || metric instanceof Gauge)) {
        return registry.getSingleMetricAsString(name);
      }
      const { help, values } = await metric.get();
      const type = metric instanceof Counter ? 'counter' : 'gauge';
      let text = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}`;
      for (const { labels, value } of values) text += `\n${name}${labelText(labels)} ${value}`;
      return text;
    }),
  );
  return `${parts.join('\n\n')}\n`;
}

function labelText(labels: Partial<Record<string, string | number>>): string {
  let text = '';
  for (const name in labels) {
    const value = labels[name];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${name}="${escapeLabel(String(value))}"`;
  }
  return text === '' ? '' : `{${text}}`;
}

function escapeLabel(value: string): string {
  // Almost no value needs it.
  return /["\\\n]/.test(value) ? escapeHelp(value).replaceAll('"', '\\"') : value;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
