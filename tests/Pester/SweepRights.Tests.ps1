# The permissions for a sweep in docs/security.md are sufficient and necessary.
BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/Guide.psm1, $PSScriptRoot/../../out/KubeInject
    $rights, $job = (Get-GuideBlock security.md yaml | Where-Object Heading -EQ 'Rights for the sweep').Script
    $null = $rights | kubectl apply -f -
    $namespace = New-TestNamespace
    $token = kubectl create token sweep -n kubeinject
    $kubeconfig = New-Kubeconfig "$TestDrive/sweep" (Get-ClusterText server) $token
}

AfterAll {
    Disconnect-KubeCluster
    $null = kubectl delete clusterrolebinding,clusterrole kubeinject-sweep
    $null = kubectl delete rolebinding,role kubeinject-records -n kubeinject
}

Describe 'The permissions for a sweep' {
    It 'allow to <_>' -ForEach 'list pods -A', 'list replicasets.apps -A', 'list cronjobs.batch -A', 'list podtemplates -A', 'list controllerrevisions.apps -A', 'get namespace/kube-system', 'delete secrets -n default', 'deletecollection secrets -n default', 'patch secrets -n kubeinject' {
        kubectl --kubeconfig $kubeconfig auth can-i @($_ -split ' ') | Should -Be yes
    }

    It 'are for the ServiceAccount of the CronJob, which the API server accepts' {
        $job | Should -Match '(?m)^ +serviceAccountName: sweep$'
        $here = 'batch/v1beta1' -in (kubectl api-versions) ? $job.Replace('batch/v1', 'batch/v1beta1') : $job
        $here | kubectl apply --dry-run=server -f - | Should -BeLike 'cronjob.batch/sweep created*'
    }

    It 'are those in the help' {
        $notes = (Get-Content $PSScriptRoot/../../docs/cmdlets/Sync-CredentialLease.md -Raw) -replace '\s+', ' '
        $notes -match 'Required permissions in all namespaces: - `list` on (?<names>[^-]+) - ' | Should -BeTrue
        $named = $Matches.names -split ', | and ' | Sort-Object
        $rules = (kubectl get clusterrole kubeinject-sweep -o json | ConvertFrom-Json).rules | Where-Object verbs -Contains list
        $granted = foreach ($rule in $rules) { foreach ($resource in $rule.resources) { if ($rule.apiGroups[0]) { "$resource.$($rule.apiGroups[0])" } else { $resource } } }
        $named | Should -Be ($granted | Sort-Object)
        ($rules | Measure-Object).Count | Should -BeGreaterThan 0
    }

    It 'are all required: without one of them a sweep revokes nothing and names it' {
        $local = { New-CredentialSource -Local -LeasePath "$TestDrive/needed" }
        $null = Connect-KubeCluster admin
        $null = New-Manifest gone -Kind Deployment | Invoke-CredentialInjection -CredentialSource (& $local) -WarningAction Ignore
        $null = Connect-KubeCluster -Kubeconfig $kubeconfig
        foreach ($number in 0..3) {
            $role = kubectl get clusterrole kubeinject-sweep -o json | ConvertFrom-Json -AsHashtable
            $rule = $role.rules[$number]
            $role.rules = @($role.rules | Where-Object { $_ -ne $rule })
            $null = $role | ConvertTo-Json -Depth 10 | kubectl replace -f -
            try {
                $missing = "$($rule.verbs[0]) $($rule.resources[0])"
                $limit = [datetime]::UtcNow.AddSeconds(30)
                $asked = if ($rule.verbs -contains 'get') { 'get', 'namespace/kube-system' } else { 'list', $(if ($rule.apiGroups[0]) { "$($rule.resources[0]).$($rule.apiGroups[0])" } else { $rule.resources[0] }), '-A' }
                while ((kubectl --kubeconfig $kubeconfig auth can-i @asked 2>$null) -ne 'no') { [datetime]::UtcNow | Should -BeLessThan $limit }

                # A connection reads the identity of its cluster once.
                $null = Connect-KubeCluster -Kubeconfig $kubeconfig
                $swept = Sync-CredentialLease (& $local) -GracePeriod 0 -ErrorAction SilentlyContinue -ErrorVariable problems -WarningAction Ignore
                $swept.Revoked | Should -Be 0 -Because $missing
                $problems.FullyQualifiedErrorId | Should -Contain 'LeaseOwnersNotSeen,KubeInject.Cmdlets.Leases.SyncCredentialLeaseCommand'
                "$problems" | Should -BeLike $(if ($rule.verbs -contains 'get') { '*Grant the right to get the namespace kube-system*' } else { "*Grant the right to list $($rule.resources[0])*" })
            }
            finally {
                $null = $rights | kubectl apply -f -
            }
        }

        $limit = [datetime]::UtcNow.AddSeconds(30)
        while ((kubectl --kubeconfig $kubeconfig auth can-i get namespace/kube-system 2>$null) -ne 'yes') { [datetime]::UtcNow | Should -BeLessThan $limit }
        (Sync-CredentialLease (& $local) -GracePeriod 0).Revoked | Should -BeGreaterThan 0
    }

    It 'do not allow to <_>' -ForEach 'get secrets -A', 'list secrets -n default', 'get secrets -n kubeinject', 'create pods -n default', 'patch deployments.apps -A', 'create serviceaccounts/token -A' {
        kubectl --kubeconfig $kubeconfig auth can-i @($_ -split ' ') 2>$null | Should -Be no
    }

    It 'are enough to revoke, and to delete the Secrets of revoked leases' {
        $script = { [pscredential]::new("u-$($args[0].Uuid)", (ConvertTo-SecureString -AsPlainText secret)) }
        $named = @{ ScriptBlock = $script; RevokeScriptBlock = {}; Name = "rights-$namespace" }
        $null = Connect-KubeCluster admin
        $source = New-CredentialSource @named
        $null = New-Manifest orders -Kind Deployment | kubectl create -n $namespace -f -
        $null = Invoke-CredentialInjection -Workload deployment/orders -n $namespace -CredentialSource $source -Delivery Secret
        kubectl get secrets -n $namespace -o name | Should -HaveCount 1
        $null = kubectl delete deployment orders -n $namespace

        $null = Connect-KubeCluster -Kubeconfig $kubeconfig
        $swept = Sync-CredentialLease (New-CredentialSource @named) -GracePeriod 0
        $swept.Revoked, $swept.Failed | Should -Be 1, 0
        kubectl get secrets -n $namespace -o name | Should -BeNullOrEmpty
    }

    It 'are enough to write the record of a renewed lease' {
        $superuser = [uri]$env:KUBEINJECT_TEST_POSTGRES
        $user, $password = $superuser.UserInfo -split ':'
        $connection = @{ PostgreSql = "postgresql://$($superuser.Authority.Split('@')[-1])$($superuser.AbsolutePath)"; Credential = [pscredential]::new($user, (ConvertTo-SecureString -AsPlainText $password)); ServerName = $namespace }
        $role = "rw_$([guid]::NewGuid().ToString('n'))"
        $null = psql --no-psqlrc --quiet --command "create role $role" $env:KUBEINJECT_TEST_POSTGRES
        $null = Connect-KubeCluster admin
        $null = New-Manifest web -Kind Deployment -Annotation @{ 'orders.role' = $role } | kubectl create -n $namespace -f -
        $null = Invoke-CredentialInjection -Workload deployment/web -n $namespace -CredentialSource (New-CredentialSource @connection -TimeToLive 00:00:01) -WarningAction Ignore

        $null = Connect-KubeCluster -Kubeconfig $kubeconfig
        $source = New-CredentialSource @connection
        do { $lease = Get-CredentialLease $source } until ($lease.State -eq 'Expired')
        (Sync-CredentialLease $source -WarningAction Ignore).Renewed | Should -Be 1
        Get-CredentialLease $source | Revoke-CredentialLease -Confirm:$false
        $null = psql --no-psqlrc --quiet --command "drop role $role" $env:KUBEINJECT_TEST_POSTGRES
    }
}
