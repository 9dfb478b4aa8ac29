import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { validate as isStatefulSet } from 'kubernetes-models/_schemas/IoK8sApiAppsV1StatefulSet';
import { validate as isConfigMap } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap';
import { validate as isService } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Service';
import { validate as isIngress } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1Ingress';
import { validate as isNetworkPolicy } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfig } from '../../../src/config/load-config.ts';
import { untouchedKeys } from '../../support/untouched-keys.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const chart = 'deploy/helm/nightglass';
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const skip = spawnSync('helm', ['version']).error !== undefined && 'needs helm';

/** The chart as Helm renders it: with its own values, for the first installation, with every choice. */
const renderings = {
  default: [],
  setup: ['--set', 'setup=true'],
  full: ['--values', 'test/fixtures/helm/full.values.yaml'],
} as const;
const fixture = (name: string) => `test/fixtures/helm/${name}.rendered.yaml`;
const templateOf = (choices: readonly string[]) => [
  ...['template', 'nightglass', chart, '--namespace', 'cameras', '--kube-version', '1.33.0'],
  ...choices,
];

interface Resource {
  readonly kind: string;
  readonly spec?: Record<string, unknown>;
}

type Check = ((resource: object) => boolean) & { readonly errors?: unknown };
const kinds: Record<string, Check> = {
  ConfigMap: isConfigMap,
  Ingress: isIngress,
  NetworkPolicy: isNetworkPolicy,
  Service: isService,
  StatefulSet: isStatefulSet,
};
/** Of the Prometheus operator; these throw. */
const operatorKinds: Record<string, new (data: never) => { validate(): void }> = {
  PrometheusRule,
  ServiceMonitor,
};

/** Holds a resource against its schema. @returns keys that the schema does not know */
function unknownKeys(resource: Resource): string[] {
  const Kind = operatorKinds[resource.kind];
  if (Kind !== undefined) {
    new Kind(resource as never).validate();
    return [];
  }
  const check = kinds[resource.kind];
  assert.ok(check, resource.kind);
  return untouchedKeys(resource, (watched) => {
    assert.ok(check(watched), `${resource.kind}: ${JSON.stringify(check.errors)}`);
  });
}

const resourcesOf = (name: string) =>
  parseAllDocuments(text(fixture(name))).map((document) => document.toJS() as Resource);
const setOf = (name: string) => resourcesOf(name).find(({ kind }) => kind === 'StatefulSet');

describe('the Helm chart', () => {
  it('is without a fault for helm lint', { skip }, () => {
    const run = spawnSync('helm', ['lint', '--strict', chart], { cwd: root, encoding: 'utf8' });
    assert.equal(run.status, 0, run.stdout + run.stderr);
  });

  for (const [name, choices] of Object.entries(renderings)) {
    it(`${name}: is rendered as it stands in ${fixture(name)}`, { skip }, () => {
      const command = templateOf(choices);
      const run = spawnSync('helm', command, { cwd: root, encoding: 'utf8' });
      assert.equal(run.status, 0, run.stderr);
      assert.equal(run.stdout, text(fixture(name)), `helm ${command.join(' ')} > ${fixture(name)}`);
    });

    it(`${name}: is what Kubernetes takes, by its schemas`, () => {
      const resources = resourcesOf(name);
      assert.ok(resources.length >= 3);
      for (const resource of resources) assert.deepEqual(unknownKeys(resource), [], resource.kind);
    });

    it(`${name}: holds a configuration that the program takes`, () => {
      const map = resourcesOf(name).find(({ kind }) => kind === 'ConfigMap') as unknown as {
        data: Record<string, string>;
      };
      const { config } = parseConfig(map.data['nightglass.yaml'] ?? '');
      assert.equal(config.data, '/data');
      assert.equal(config.server.host, name === 'setup' ? '127.0.0.1' : '0.0.0.0');
      assert.equal(config.server.port, 8480);
    });

    it(`${name}: runs once, as nobody in particular, on a root that cannot be written`, () => {
      const { spec } = setOf(name) as unknown as {
        spec: {
          replicas: number;
          template: {
            spec: {
              automountServiceAccountToken: boolean;
              securityContext: object;
              containers: { securityContext: object; livenessProbe?: object }[];
            };
          };
        };
      };
      const pod = spec.template.spec;
      assert.equal(spec.replicas, 1);
      assert.equal(pod.automountServiceAccountToken, false);
      assert.deepEqual(pod.securityContext, {
        ...{ runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001 },
        ...{ fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'RuntimeDefault' } },
      });
      const [container] = pod.containers;
      assert.deepEqual(container?.securityContext, {
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        capabilities: { drop: ['ALL'] },
      });
      // Within the pod alone the kubelet reaches no socket.
      assert.equal(container?.livenessProbe === undefined, name === 'setup');
    });
  }

  it('would not be held against schemas that overlook a word', () => {
    const set = structuredClone(setOf('default')) as Resource & {
      spec: { template: { spec: { containers: object[] } } };
    };
    Object.assign(set.spec.template.spec.containers[0] ?? {}, { imagePullPolice: 'Always' });
    assert.deepEqual(unknownKeys(set), ['spec.template.spec.containers.0.imagePullPolice']);
  });

  it('is refused by its schema with a word that it does not know, and no host for the way in', {
    skip,
  }, () => {
    for (const [choice, says] of [
      ['replicas=2', /replicas/],
      ['ingress.enabled=true', /host/],
      ['serviceMonitor.enabled=true', /tokenSecret/],
    ] as const) {
      const command = templateOf(['--set', choice]);
      const run = spawnSync('helm', command, { cwd: root, encoding: 'utf8' });
      assert.notEqual(run.status, 0, choice);
      assert.match(run.stderr, says);
    }
  });

  it('holds the rules of config/prometheus, and says the version of the package', () => {
    for (const name of ['alerts.yml', 'recording.yml'])
      assert.equal(text(`${chart}/files/${name}`), text(`config/prometheus/${name}`), name);
    const { version } = JSON.parse(text('package.json')) as { version: string };
    const about = parse(text(`${chart}/Chart.yaml`)) as { appVersion: string };
    assert.equal(about.appVersion, version);
  });

  it('gives the Prometheus operator all of these rules', { skip }, () => {
    const command = templateOf(['--set', 'prometheusRule.enabled=true']);
    const run = spawnSync('helm', command, { cwd: root, encoding: 'utf8' });
    const [rule] = parseAllDocuments(run.stdout)
      .map((document) => document.toJS() as Resource)
      .filter(({ kind }) => kind === 'PrometheusRule');
    assert.ok(rule);
    assert.deepEqual(unknownKeys(rule), []);
    const groups = ['recording.yml', 'alerts.yml'].flatMap(
      (name) => (parse(text(`config/prometheus/${name}`)) as { groups: object[] }).groups,
    );
    assert.deepEqual(rule.spec?.['groups'], groups);
  });

  it('names the path and scheme of the gateway for probe, way in and scraping', () => {
    const full = text(fixture('full'));
    assert.match(full, /value: "https:\/\/127\.0\.0\.1:8480\/nightglass"/);
    assert.match(full, /path: "\/nightglass"/);
    assert.match(full, /path: \/nightglass\/metrics\n {6}scheme: https/);
  });
});
