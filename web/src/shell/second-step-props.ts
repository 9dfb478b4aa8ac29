import type {
  NightglassClient,
  SecondStep,
  Session,
} from '../../../src/client/nightglass-client.ts';

export interface SecondStepProps {
  readonly client: NightglassClient;
  readonly step: SecondStep;
  readonly onOpen: (session: Session) => void;
  /** To where one begins, with what went wrong. */
  readonly onBack: (failure?: unknown) => void;
}
