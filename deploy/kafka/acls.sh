#!/bin/sh
# Who may do what on the broker, as kafka-acls.sh statements. Run it with the broker's address
# and an administrator's properties; run again, it changes nothing.
#   BOOTSTRAP=kafka:9093 COMMAND_CONFIG=admin.properties deploy/kafka/acls.sh
# ENTERPRISES and ANALYSTS are lists of principals' names, separated by spaces. The key of a
# record is not part of Kafka's access control: that an enterprise publishes only in its own name
# is what the signature of each batch proves.
set -eu
: "${BOOTSTRAP:?host:port}" "${COMMAND_CONFIG:?properties file}"
PREFIX=${FENGHUO_TOPIC_PREFIX:-fenghuo}
GROUP=${FENGHUO_GROUP:-fenghuo}

acl() { kafka-acls.sh --bootstrap-server "$BOOTSTRAP" --command-config "$COMMAND_CONFIG" --add "$@"; }

for name in ${ENTERPRISES:-}; do
  acl --allow-principal "User:$name" --operation Write --operation Describe --topic "$PREFIX.events"
done
for name in ${ANALYSTS:-}; do
  acl --allow-principal "User:$name" --operation Write --operation Describe --topic "$PREFIX.commands"
  acl --allow-principal "User:$name" --operation Read --operation Describe --topic "$PREFIX.dead-letters"
done

WORKER="User:${WORKER:-fenghuo-worker}"
for topic in events commands sightings; do
  acl --allow-principal "$WORKER" --operation Read --operation Describe --topic "$PREFIX.$topic"
done
# Nobody but a worker may write sightings: they carry no signature.
for topic in sightings dead-letters incidents detections campaigns; do
  acl --allow-principal "$WORKER" --operation Write --operation Describe --topic "$PREFIX.$topic"
done
# The changelog of the state, and Faust's own topics, carry the group's name first.
acl --allow-principal "$WORKER" --operation All --topic "$GROUP-" --resource-pattern-type prefixed
acl --allow-principal "$WORKER" --operation Read --operation Describe --group "$GROUP"
