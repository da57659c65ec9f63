"""Objects of each kind that inventories and comparisons treat in a way of its own."""

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: a, labels: {app: shop}}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    spec:
      containers:
      - {name: main, image: "ghcr.io/shop/main:v1", command: [sh, -c, "the text of a script"], env: [{name: A, value: "1"}]}
"""
STATEFUL_SET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: index, namespace: a}
spec:
  serviceName: index
  selector: {matchLabels: {app: index}}
  template: {spec: {containers: []}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 1Gi}}}}]
"""
CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: jobs.example.org, annotations: {helm.sh/resource-policy: keep}}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Job, plural: jobs}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        properties:
          spec:
            required: [name]
            properties:
              name: {type: string, description: a text of upstream}
              pods: {type: array, items: {properties: {image: {type: string}}}}
"""
ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: shop, labels: {aggregate-to-edit: "true"}}
rules: [{apiGroups: [""], resources: [secrets], verbs: [list, get]}]
"""
BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: shop}
roleRef: {kind: ClusterRole, name: shop}
subjects: [{kind: ServiceAccount, namespace: a, name: shop}]
"""
CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: a, annotations: {helm.sh/resource-policy: keep}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}
"""
