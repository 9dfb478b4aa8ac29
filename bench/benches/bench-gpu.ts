import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, type BenchContext, Skipped } from '../bench.ts';
import { runChild } from '../child.ts';
import { type Device, findDevices } from '../gpu/find-devices.ts';
import type { GpuOrder, GpuReport, GpuRow } from '../gpu/order.ts';
import { percent, rounded, table } from '../markdown.ts';

const program = join(import.meta.dirname, '../gpu/gpu-process.ts');

/** A provider in a precision. */
interface Run {
  readonly device: string;
  readonly provider: string;
  readonly precision: 'fp32' | 'fp16';
  readonly report: GpuReport;
}

/** Providers side by side, where there is a GPU or a Vulkan driver. */
export const gpuBench: Bench = {
  name: 'gpu',
  summary: 'providers side by side, FP16 and FP32, batch 1 to 64, against the chip’s own limit',
  async run(context) {
    const devices = findDevices();
    if (devices.length === 0) {
      throw new Skipped('there is neither a GPU nor a Vulkan driver on this machine');
    }
    const software = devices.every((device) => device.software);
    if (software && context.quick) {
      throw new Skipped(
        `there is no GPU, and ${devices[0]?.name} is run without --quick only, to show that the way works`,
      );
    }
    const runs: Run[] = [];
    for (const device of devices) {
      for (const precision of device.software ? (['fp32'] as const) : (['fp32', 'fp16'] as const)) {
        runs.push(await runOn(context, device, precision));
      }
    }
    const unavailable = runs.map(({ report }) => report.unavailable);
    if (unavailable.every((why) => why !== undefined)) {
      throw new Skipped(`no provider runs on ${devices[0]?.name}: ${unavailable[0]}`);
    }
    runs.push(await runOnCpu(context, software));
    return { figures: runs, markdown: report(runs, software), bound: bound(runs, software) };
  },
};

function runOn(context: BenchContext, device: Device, precision: Run['precision']): Promise<Run> {
  // What draws in software takes seconds for a picture: it shows that the way works, no more.
  const batches = device.software ? [1] : [1, 2, 4, 8, 16, 32, 64];
  const order = {
    provider: device.provider,
    precision,
    batches,
    matrix: device.software ? 256 : 4096,
  };
  return runOrder(context, device.name, order, device.env);
}

function runOnCpu(context: BenchContext, software: boolean): Promise<Run> {
  const batches = software ? [1] : [1, 8];
  const order = { provider: 'cpu', precision: 'fp32', batches, matrix: 1024 } as const;
  return runOrder(context, 'CPU', order, {});
}

async function runOrder(
  context: BenchContext,
  device: string,
  order: Omit<GpuOrder, 'manifest' | 'secondsEach'>,
  env: Readonly<Record<string, string>>,
): Promise<Run> {
  const { provider, precision } = order;
  context.say(`GPU: ${provider}, ${precision}, ${device}`);
  const whole: GpuOrder = {
    ...order,
    manifest: context.manifest,
    secondsEach: context.quick ? 0.2 : 2,
  };
  const args = [program, JSON.stringify(whole)];
  try {
    const said = await runChild({
      args,
      env: { XDG_RUNTIME_DIR: tmpdir(), ...process.env, ...env },
    });
    return { device, provider, precision, report: JSON.parse(said) as GpuReport };
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(-80) : String(error);
    return {
      device,
      provider,
      precision,
      report: { unavailable: why, rows: [], peak: Number.NaN },
    };
  }
}

const perSecond = (row: GpuRow) => row.batch / (row.median / 1000);
const tera = (operations: number) => `${(operations / 1e12).toFixed(2)} T`;

function report(runs: readonly Run[], software: boolean): string {
  const rows = runs.flatMap(({ provider, precision, device, report }) =>
    report.unavailable !== undefined
      ? [
          [
            `${provider} ${precision}`,
            device,
            `not available: ${report.unavailable}`,
            '',
            '',
            '',
            '',
            '',
          ],
        ]
      : report.rows.map((row) => [
          `${provider} ${precision}`,
          device,
          `${row.model} ${row.input}${row.partly ? ', partly on the CPU' : ''}`,
          `${row.batch}`,
          `${row.median.toFixed(2)} ms (${row.low.toFixed(2)}–${row.high.toFixed(2)})`,
          rounded(perSecond(row)),
          tera(row.operations * perSecond(row)),
          percent((row.operations * perSecond(row)) / report.peak),
        ]),
  );
  return [
    software
      ? '**No GPU here**: the Vulkan driver draws in software, on the CPU. That shows that the way works; its figures are not those of a GPU.'
      : '',
    table(
      [
        'provider',
        'device',
        'model',
        'batch',
        'call',
        'pictures a second',
        'operations a second',
        'of the limit',
      ],
      rows,
    ),
    `Limit: the best of a matrix product by the same provider in the same process: ${runs.map(({ provider, precision, report }) => `${provider} ${precision} ${Number.isFinite(report.peak) ? tera(report.peak) : '–'}`).join(', ')} operations a second. Pictures are handed over from and to the CPU's memory with each call.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function bound(runs: readonly Run[], software: boolean): string {
  if (software) return 'by the CPU, which the software driver draws on.';
  const shares = runs.flatMap(({ report }) =>
    report.rows.map((row) => (row.operations * perSecond(row)) / report.peak),
  );
  return `small models of many small steps: at most ${percent(Math.max(...shares))} of what the chip does with large matrices; the rest is the start of each step and the way of the pictures to the chip and back.`;
}
