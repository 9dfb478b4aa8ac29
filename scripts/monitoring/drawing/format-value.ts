/** A number in a unit of Grafana (`s`, `bytes`, `percentunit`, `short`), for people. */
export function formatValue(value: number, unit: string, decimals?: number): string {
  if (!Number.isFinite(value)) return '–';
  const fixed = (number: number, digits: number) =>
    String(Number(number.toFixed(decimals ?? digits)) + 0);
  const digits = (number: number) => {
    const size = Math.abs(number);
    return size === 0 || size >= 100 || Number.isInteger(number) ? 0 : size >= 10 ? 1 : 2;
  };
  switch (unit) {
    case 's': {
      const size = Math.abs(value);
      if (size === 0) return '0 s';
      if (size < 0.001) return `${fixed(value * 1e6, digits(value * 1e6))} µs`;
      if (size < 1) return `${fixed(value * 1000, digits(value * 1000))} ms`;
      if (size < 120) return `${fixed(value, digits(value))} s`;
      if (size < 7200) return `${fixed(value / 60, 1)} min`;
      return size < 172_800 ? `${fixed(value / 3600, 1)} h` : `${fixed(value / 86_400, 1)} days`;
    }
    case 'bytes': {
      const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
      const step = value < 1 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10));
      const shown = value / 1024 ** step;
      return `${fixed(shown, digits(shown))} ${steps[step]}`;
    }
    case 'percentunit':
      return `${fixed(value * 100, digits(value * 100))} %`;
    default:
      return fixed(value, digits(value));
  }
}
