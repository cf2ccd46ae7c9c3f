import { checkSlotParameters, checkSlots } from '../account/slot-directory.js';
import { type HighWaterMarks, sightingOf } from '../containers/high-water-marks.js';
import type { AppsKey, ChatsKey, EmailsKey, EmbedsKey } from '../keys/domain-key.js';
import type { MasterKey } from '../keys/master-key.js';
import type { ProfileKey } from '../keys/profile-key.js';
import type { SlotDirectory } from '../account/slot-directory.js';
import { Rejected } from '../rejected.js';
import type { ServedAccount, ServedAtSignIn } from './served-account.js';

/** The keys of an account that passed the checks of spec 10.4, and its address. */
export interface AccountKeys {
  readonly master: MasterKey;
  readonly chats: ChatsKey;
  readonly apps: AppsKey;
  readonly emails: EmailsKey;
  readonly embeds: EmbedsKey;
  readonly profile: ProfileKey;
  readonly address: string;
}

/** What a session is served (spec 10.8). Closes the master key where a check fails. Throws {@link Rejected}. */
export async function openAccount(
  master: MasterKey,
  served: ServedAccount,
  marks: HighWaterMarks,
): Promise<AccountKeys> {
  return closingOnFailure(master, async () => {
    await openDirectory(master, served, marks);
    return openKeys(master, served);
  });
}

/** What a sign-in is answered (spec 10.4). Closes the master key where a check fails. Throws {@link Rejected}. */
export async function openAccountAtSignIn(
  master: MasterKey,
  served: ServedAtSignIn,
  marks: HighWaterMarks,
): Promise<AccountKeys> {
  return closingOnFailure(master, async () => {
    await checkSlots(await openDirectory(master, served, marks), served.slots);
    return openKeys(master, served);
  });
}

/**
 * The directory, compared with all that this device has seen and with the slots that are served with it. Throws
 * {@link Rejected}.
 */
export async function openDirectory(
  master: MasterKey,
  served: ServedAccount,
  marks: HighWaterMarks,
): Promise<SlotDirectory> {
  if (served.account !== master.account) throw new Rejected('mismatch');
  const { counter, sealed } = served.directory;
  const directory = await master.openDirectory(counter, sealed);
  marks.advance('directory', await sightingOf(directory, sealed));
  checkSlotParameters(directory, served.slots);
  return directory;
}

async function openKeys(master: MasterKey, served: ServedAccount): Promise<AccountKeys> {
  const { publicKey, privateKey } = served.keyPair;
  (await master.openKeyPair(publicKey, privateKey)).close();
  const keys = served.domainKeys;
  const [chats, apps, emails, embeds, profile] = await Promise.all([
    master.unwrapDomainKey('chats', keys.chats),
    master.unwrapDomainKey('apps', keys.apps),
    master.unwrapDomainKey('emails', keys.emails),
    master.unwrapDomainKey('embeds', keys.embeds),
    master.unwrapProfileKey(keys.profile),
  ]);
  const { address } = await profile.openProfile(served.profile.version, served.profile.sealed);
  return { master, chats, apps, emails, embeds, profile, address };
}

async function closingOnFailure(master: MasterKey, open: () => Promise<AccountKeys>): Promise<AccountKeys> {
  try {
    return await open();
  } catch (error) {
    master.close();
    throw error;
  }
}

export function closeKeys(keys: AccountKeys): void {
  for (const key of [keys.master, keys.chats, keys.apps, keys.emails, keys.embeds, keys.profile]) key.close();
}
