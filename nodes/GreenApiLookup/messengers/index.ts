import type { MessengerDefinition } from './definition';
import { max } from './max';
import { telegram } from './telegram';
import { whatsapp } from './whatsapp';

/** All messengers, in the order of the dropdown. */
export const MESSENGERS: readonly MessengerDefinition[] = [whatsapp, telegram, max];
