import { commaList, configSection } from '@relance/config';
import { isAddressOrNetwork } from './intake/client-address.js';

export const ingestionConfig = configSection('ingestion', {
  TRUSTED_PROXIES: {
    schema: commaList().refine(
      (entries) => entries.every(isAddressOrNetwork),
      'must be addresses or networks between commas',
    ),
    about: 'addresses and networks of proxies in front of us whose X-Forwarded-For is believed',
    example: '10.0.0.0/8,127.0.0.1',
  },
});
