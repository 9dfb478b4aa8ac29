import {
  chooseModels,
  type InstalledModels,
  type ModelPlaces,
} from '../../../src/inference/installed-models.ts';

/** Puts models to use, as the command does. */
export async function useModels(places: ModelPlaces, wanted: string): Promise<InstalledModels> {
  const chosen = await chooseModels(places, wanted);
  chosen.commit();
  return chosen.models;
}
