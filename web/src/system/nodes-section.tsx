import type { SystemReport } from '../../../src/client/nightglass-client.ts';
import { formatBytes, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Table } from '../kit/table.tsx';
import { useDashboard } from '../live/dashboard-context.ts';

const states = {
  up: { text: 'system.nodeUp', tone: 'good' },
  draining: { text: 'system.nodeDraining', tone: 'warn' },
  lost: { text: 'system.nodeLost', tone: 'bad' },
} as const;

/** The machines that pull the cameras, where this one does not. */
export function NodesSection({ nodes }: Pick<SystemReport, 'nodes'>) {
  const dashboard = useDashboard();
  const cameras = dashboard.cameras.value ?? [];
  const nameOf = (id: string) => cameras.find((camera) => camera.id === id)?.name ?? id;
  return (
    <section class="panel" aria-labelledby="nodes-title">
      <h2 id="nodes-title">{t('system.nodes')}</h2>
      <p class="muted">{t('system.nodesNote')}</p>
      <Table
        label={t('system.nodes')}
        rows={nodes}
        keyOf={({ node }) => node}
        columns={[
          { head: t('system.nodeName'), kind: 'header', cell: ({ node }) => <bdi>{node}</bdi> },
          {
            head: t('system.nodeState'),
            cell: ({ state }) => (
              <span class="chip" data-tone={states[state].tone}>
                {t(states[state].text)}
              </span>
            ),
          },
          {
            head: t('system.nodeWork'),
            cell: ({ roles }) => (
              <>
                {roles.includes('ingest') && <div>{t('system.nodePulls')}</div>}
                {roles.includes('inference') && <div>{t('system.nodeRecognises')}</div>}
              </>
            ),
          },
          {
            head: t('system.nodeCameras'),
            cell: ({ cameras: ids }) => (ids.length === 0 ? '–' : ids.map(nameOf).join(', ')),
          },
          {
            head: t('system.nodeLoad'),
            kind: 'number',
            cell: ({ load, cores }) => `${formatNumber(load, 1)} / ${formatNumber(cores)}`,
          },
          {
            head: t('system.nodeWaiting'),
            kind: 'number',
            cell: ({ waiting }) => formatNumber(waiting),
          },
          {
            head: t('system.nodeSent'),
            kind: 'number',
            cell: ({ sent }) => formatBytes(sent.bytes),
          },
        ]}
      />
    </section>
  );
}
