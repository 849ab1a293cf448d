DROP TABLE service_keys;
DROP TABLE webhook_deliveries;
DROP TABLE webhook_endpoints;
DROP TABLE link_events;
DROP TABLE link_event_counter;
